"""What Dagster sees: one graph from raw documents to the release, one job that runs it."""

import warnings

import dagster as dg

# Backfill policies are called beta; a person at the desk can do nothing about it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from orchestration import postgres  # noqa: E402
from orchestration.defs import checks, ingest, publication, warehouse  # noqa: E402
from orchestration.defs.resources import Desk  # noqa: E402

JOB = "load"


@dg.definitions
def defs() -> dg.Definitions:
    """Put the graph together from dbt's manifest and the files of `defs`."""
    manifest = warehouse.manifest()
    models = warehouse.build(manifest)
    served = [publication.postgresql] if postgres.url() else []
    marts = [key for key in models.keys if key.path[0] == "marts"]
    return dg.Definitions(
        assets=[ingest.documents, ingest.lake, models, publication.build(marts), *served],
        asset_checks=[checks.parsed, checks.marts],
        resources={"desk": Desk()},
        jobs=[
            dg.define_asset_job(
                JOB,
                selection=dg.AssetSelection.all(),
                description="Documents to release; what `jixiao load` runs. 从文件到发布，与 jixiao load 相同。",
            )
        ],
        # One process: five steps in processes of their own cost more than all the work.
        executor=dg.in_process_executor,
    )
