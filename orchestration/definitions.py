"""What Dagster sees: one graph from raw documents to the release, one job that runs it."""

import warnings

import dagster as dg

# Backfill policies are called beta; a person at the desk can do nothing about it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from orchestration import postgres  # noqa: E402
from orchestration.defs import checks, ingest, publication, schedules, sensors, warehouse, watch  # noqa: E402
from orchestration.defs.resources import Desk  # noqa: E402

JOB = "load"


@dg.definitions
def defs() -> dg.Definitions:
    """Put the graph together from dbt's manifest and the files of `defs`."""
    manifest = warehouse.manifest()
    models = warehouse.build(manifest)
    served = [publication.postgresql] if postgres.url() else []
    marts = [key for key in models.keys if key.path[0] == "marts"]
    load = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all() - dg.AssetSelection.checks(watch.look),
        description="Documents to release; what `jixiao load` runs. 从文件到发布，与 jixiao load 相同。",
    )
    look = dg.define_asset_job(
        "watch",
        selection=dg.AssetSelection.checks(watch.look),
        description="What no load says: damage, missing years, schedules that did not fire. 夜间检查。",
    )
    return dg.Definitions(
        assets=[ingest.documents, ingest.lake, models, publication.build(marts), *served],
        asset_checks=[checks.parsed, checks.marts, watch.look],
        resources={"desk": Desk()},
        jobs=[load, look],
        schedules=[schedules.yearly_load, schedules.nightly_watch],
        sensors=[sensors.landing, sensors.failures],
        # One process: five steps in processes of their own cost more than all the work.
        executor=dg.in_process_executor,
    )
