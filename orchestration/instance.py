"""Dagster's instance: where runs, ticks and heartbeats are kept."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


@contextmanager
def at_hand(history: "DagsterInstance") -> Iterator[None]:
    """Keep the files of a run's events open while it lasts, where SQLite has them.

    Dagster makes an engine and opens and closes the file for every event and every question: half of what these cost. And SQLite
    clears its journal away whenever the last one who has a file open closes it. With the file held, and a journal that is synced
    when it is cleared away only, a load waits for the disk a few hundred times, not some thousands. A killed process loses no
    event by that; a power failure may lose the last ones.
    """
    from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage, sqlite_event_log  # noqa: PLC0415
    from sqlalchemy import Engine, event  # noqa: PLC0415

    if not isinstance(history.event_log_storage, SqliteEventLogStorage):
        yield
        return
    module: Any = sqlite_event_log
    create, kept = module.create_engine, {}

    def relax(connection: sqlite3.Connection, _: object) -> None:
        # From the first table on: Dagster would ask for this journal after it has made them, one wait for the disk each.
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")

    with ExitStack() as stack:

        def of_file(place: str, **options: Any) -> Engine:
            if place not in kept:
                options.pop("poolclass", None)  # Dagster's keeps no connection, SQLAlchemy's own does
                kept[place] = engine = create(place, **options)
                event.listen(engine, "connect", relax)
                stack.callback(engine.dispose)
                engine.dispose = lambda: None  # Dagster calls it after every use
            return kept[place]

        module.create_engine = of_file
        stack.callback(setattr, module, "create_engine", create)
        yield
