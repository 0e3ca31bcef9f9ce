"""The assets up to the lake: documents and its tables, by fiscal year. Parsing itself is ingest's."""

from collections.abc import Iterator

import dagster as dg

from ingest.schema import LAKE
from orchestration import reading
from orchestration.defs.partitions import EVERY, fiscal_years
from orchestration.defs.resources import WRITER, Desk
from orchestration.defs.retries import healing

DOCUMENTS = dg.AssetKey("documents")


@dg.asset(
    key=DOCUMENTS,
    partitions_def=fiscal_years,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="ingest",
    kinds={"file"},
    pool=WRITER,
    description="Documents of the landing folder, archived by sha256. 投放目录中的文件，按校验值归档。",
)
def documents(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """List the landing folder and archive what is new."""
    session = desk.session
    if session.years is None and not EVERY.items() <= context.run.tags.items():
        session.years = [int(key) for key in context.partition_keys]
    with healing(context, session), session.stage("documents"):
        counts = reading.collect(session)
    return dg.MaterializeResult(metadata={**counts, "seconds": session.seconds["documents"]})


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            dg.AssetKey(["lake", table]),
            deps=[DOCUMENTS],
            group_name="ingest",
            kinds={"polars", "parquet"},
            partitions_def=fiscal_years,
            description=f"Lake table {table}. 湖中的表 {table}。",
        )
        for table in LAKE
    ],
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool=WRITER,
)
def lake(context: dg.AssetExecutionContext, desk: Desk) -> Iterator[dg.MaterializeResult]:
    """Read and parse what is new or changed, and write it to the lake."""
    session = desk.session
    with healing(context, session), session.stage("lake"):
        rows = reading.refresh(session)
    for table, count in rows.items():
        metadata = {"dagster/row_count": count, "seconds": session.seconds["lake"]}
        yield dg.MaterializeResult(asset_key=["lake", table], metadata=metadata)
