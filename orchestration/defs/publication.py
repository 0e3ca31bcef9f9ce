"""The release as assets: what everything upstream is for. How it is written stands in orchestration.publish."""

from collections.abc import Sequence

import dagster as dg

from orchestration import postgres, publish
from orchestration.defs.resources import WRITER, Desk
from orchestration.defs.retries import healing
from orchestration.defs.schedules import FRESH


def build(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset that follows all of `marts`."""

    @dg.asset(
        deps=marts,
        group_name="release",
        kinds={"duckdb", "parquet"},
        freshness_policy=FRESH,
        pool=WRITER,
        description="What is served: an immutable folder, and the link that points to it. 对外提供的版本。",
    )
    def release(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        session = desk.session
        with healing(context, session), session.stage("release"):
            published = publish.publish(session)
        return dg.MaterializeResult(
            metadata={
                "release_id": published.release_id,
                "path": dg.MetadataValue.path(str(published.folder)),
                "seconds": session.seconds["release"],
                "rows": dg.MetadataValue.json(published.manifest["rows"]),
            }
        )

    return release


@dg.asset(
    deps=["release"],
    group_name="release",
    kinds={"postgres"},
    description="The release as PostgreSQL serves it to BI tools. PostgreSQL 中的发布版本，供商业智能工具查询。",
)
def postgresql(desk: Desk) -> dg.MaterializeResult:
    """Let PostgreSQL show the release."""
    session = desk.session
    with session.stage("postgres"):
        postgres.follow(session.home)
    return dg.MaterializeResult(metadata={"release_id": session.release_id, "seconds": session.seconds["postgres"]})
