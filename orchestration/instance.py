"""Dagster's instance: where runs, ticks and heartbeats are kept."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance

_SILENT = {"telemetry": {"enabled": False}, "nux": {"enabled": False}}
"""Nothing is told to anybody, and nobody is invited anywhere."""
_SETTINGS = """\
# Made by `jixiao load`: with DAGSTER_HOME set to this folder, `dagster dev` shows the runs of this home.
telemetry:
  enabled: false
nux:
  enabled: false
# One load at a time: what writes to the home is in one pool, and a run takes it whole.
concurrency:
  pools:
    granularity: run
    default_limit: 1
"""


def exists(home: Home) -> bool:
    """Whether there is a history to look at."""
    return bool(os.environ.get("DAGSTER_HOME")) or home.dagster.exists()


def opened(home: Home) -> "DagsterInstance":
    """Return the instance that DAGSTER_HOME names (a deployment's), else the home's own; a context manager.

    A folder without a dagster.yaml gets one, so that every other way to open it is as silent as this one.
    """
    import dagster as dg  # noqa: PLC0415
    from dagster._core.instance.ref import InstanceRef  # noqa: PLC0415

    folder = Path(os.environ.get("DAGSTER_HOME") or home.dagster).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    if not settings.exists():
        settings.write_text(_SETTINGS, "utf-8")
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides=_SILENT))
