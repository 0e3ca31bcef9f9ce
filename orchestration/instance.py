"""Dagster's instance: where runs, ticks and heartbeats are kept."""

import os
from typing import TYPE_CHECKING

from orchestration.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance


def exists(home: Home) -> bool:
    """Whether there is a history to look at."""
    return bool(os.environ.get("DAGSTER_HOME")) or home.dagster.exists()


def opened(home: Home) -> "DagsterInstance":
    """Return the instance that DAGSTER_HOME names (a deployment's), else the home's own; a context manager."""
    import dagster as dg  # noqa: PLC0415
    from dagster._core.instance.ref import InstanceRef  # noqa: PLC0415

    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    home.dagster.mkdir(parents=True, exist_ok=True)
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home.dagster)))
