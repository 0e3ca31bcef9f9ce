"""Dagster's history during a load: few waits for the disk, nothing lost."""

from pathlib import Path

import dagster as dg
import sqlalchemy
from dagster._core.storage.event_log.sqlite import sqlite_event_log

from orchestration import instance
from orchestration.home import Home

EVENTS = 5


@dg.asset
def something(context: dg.AssetExecutionContext) -> None:
    for _ in range(EVENTS):
        context.log_event(dg.AssetObservation("something"))


def test_the_files_of_a_runs_events_stay_open_while_it_lasts_and_hold_them_after_it(tmp_path: Path) -> None:
    job = dg.Definitions(assets=[something], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")
    runs = tmp_path / "dagster" / "history" / "runs"
    home, run_id = Home(tmp_path), "0b7e7d3c-5d2f-4c55-9a0b-3d6f3c0f2b11"
    with instance.opened(home) as history:
        with instance.at_hand(history):
            assert job.execute_in_process(instance=history, run_id=run_id).success
            # SQLite clears a journal away when the last one who has the file open closes it.
            assert {file.stem for file in runs.glob("*.db-wal")} == {"index", run_id}
            assert sqlite_event_log.create_engine("sqlite://") is sqlite_event_log.create_engine("sqlite://")
        assert sqlite_event_log.create_engine is sqlalchemy.create_engine
        assert not list(runs.glob("*.db-wal"))
    with instance.opened(home) as history:
        found = history.fetch_observations(dg.AssetKey("something"), limit=2 * EVENTS)
    assert len(found.records) == EVENTS


def test_a_file_of_events_waits_for_no_disk_from_its_first_table_on(tmp_path: Path) -> None:
    with instance.opened(Home(tmp_path)) as history, instance.at_hand(history):
        engine = sqlite_event_log.create_engine(f"sqlite:///{tmp_path}/events.db")
        with engine.connect() as connection:
            kept = [connection.exec_driver_sql(f"pragma {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert kept == ["wal", 1]
