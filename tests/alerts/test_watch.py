"""What no load says: missing years, schedules that did not fire, a silent daemon. The clock is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    TickData,
    TickStatus,
)
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from orchestration.alerts import watch
from orchestration.home import Home
from tests.alerts.test_post import configure

YEARLY = "0 2 1 3 *"


def shanghai(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC) - timedelta(hours=8)  # pyright: ignore


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def schedule(
    instance: dg.DagsterInstance, last: datetime, status: InstigatorStatus = InstigatorStatus.DECLARED_IN_CODE
) -> InstigatorState:
    """Enter a yearly schedule that fired last at `last`, as the daemon does."""
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("jixiao"), "r"), "yearly_load")
    data = ScheduleInstigatorData(YEARLY, start_timestamp=last.timestamp(), last_iteration_timestamp=last.timestamp())
    state = InstigatorState(origin, InstigatorType.SCHEDULE, status, data)
    known = instance.all_instigator_state()
    (instance.update_instigator_state if known else instance.add_instigator_state)(state)
    return state


@pytest.mark.parametrize(
    ("now", "fired"),
    [
        (shanghai(2027, 2, 28, 23, 0), True),
        (shanghai(2027, 3, 1, 2, 10), True),  # it may be a little late
        (shanghai(2027, 3, 1, 2, 20), False),
        (shanghai(2027, 7, 1, 2, 20), False),
    ],
)
def test_a_schedule_that_did_not_fire(instance: dg.DagsterInstance, now: datetime, fired: bool) -> None:
    schedule(instance, shanghai(2026, 3, 1, 2, 0))
    found, looked_at = watch.look_at_schedules(instance, now)
    assert [problem.scope for problem in found] == ([] if fired else ["schedule:yearly_load"])
    assert {"schedule:yearly_load", "daemon"} <= looked_at


def test_a_schedule_that_somebody_stopped_is_not_waited_for(instance: dg.DagsterInstance) -> None:
    schedule(instance, shanghai(2026, 3, 1, 2, 0), InstigatorStatus.STOPPED)
    assert watch.look_at_schedules(instance, shanghai(2027, 7, 1, 0, 0))[0] == []


def test_a_silent_daemon(instance: dg.DagsterInstance) -> None:
    beat = shanghai(2027, 3, 1, 0, 0)
    instance.add_daemon_heartbeat(DaemonHeartbeat(beat.timestamp(), "SCHEDULER", "x", []))
    assert watch.look_at_schedules(instance, beat + timedelta(minutes=5))[0] == []
    [problem] = watch.look_at_schedules(instance, beat + timedelta(hours=1))[0]
    assert problem.key == "daemon/heartbeat"


def test_what_a_silent_daemon_missed_is_told_with_it_and_not_taken_for_recovered(instance: dg.DagsterInstance) -> None:
    schedule(instance, shanghai(2026, 3, 1, 2, 0))
    beat = shanghai(2027, 3, 1, 0, 0)
    instance.add_daemon_heartbeat(DaemonHeartbeat(beat.timestamp(), "SCHEDULER", "x", []))
    silent, looked_at = watch.look_at_schedules(instance, shanghai(2027, 3, 1, 1, 0))
    missed, _ = watch.look_at_schedules(instance, shanghai(2027, 3, 1, 3, 0))
    assert [problem.key for problem in (*silent, *missed)] == ["daemon/heartbeat"] * 2
    assert (silent[0].where, missed[0].where) == (
        [],
        ["yearly_load 应触发于 was due at 2027-03-01 02:00 (北京时间 Asia/Shanghai)"],
    )
    assert silent[0].fingerprint != missed[0].fingerprint, "another schedule missed is news"
    assert looked_at == {"daemon"}


def test_an_evaluation_that_failed_is_told_until_the_next_one_goes_well(instance: dg.DagsterInstance) -> None:
    now = shanghai(2026, 6, 1, 0, 0)
    state = schedule(instance, shanghai(2026, 3, 1, 2, 0))
    error = SerializableErrorInfo("PermissionError: landing", [], "PermissionError")

    def tick(at: datetime, status: TickStatus, error: SerializableErrorInfo | None = None) -> None:
        origin = state.instigator_origin_id
        instance.create_tick(TickData(origin, state.name, InstigatorType.SCHEDULE, status, at.timestamp(), error=error))

    tick(now, TickStatus.FAILURE, error)
    [problem], looked_at = watch.look_at_schedules(instance, now)
    assert problem.key == "tick:yearly_load/evaluated"
    assert "PermissionError: landing" in problem.title.zh
    tick(now + timedelta(minutes=1), TickStatus.SKIPPED)
    assert watch.look_at_schedules(instance, now)[0] == []
    assert problem.scope in looked_at


def test_a_year_is_expected_the_day_after_it_is_due(tmp_path: Path) -> None:
    configure(tmp_path, {"expected": {"from_year": 2025, "due": "03-31"}})
    home = Home(tmp_path)
    assert watch.expected_years(home, shanghai(2027, 3, 31, 23, 59)) == [2025, 2026]
    assert watch.expected_years(home, shanghai(2027, 4, 1, 0, 0)) == [2025, 2026, 2027]
    found = watch.look(home, shanghai(2026, 4, 1, 0, 0))
    assert [problem.key for problem in found] == ["freshness/year:2025", "freshness/year:2026"]


def test_what_is_loaded_is_not_missed(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, {"expected": {"from_year": 2022}})
    monkeypatch.setenv("JIXIAO_ALERTS", str(tmp_path / "alerts.yml"))
    found = watch.look(Home(sample_home), shanghai(2024, 1, 1, 0, 0))
    assert [problem.fiscal_year for problem in found] == [2022]


def test_nothing_expected_nothing_missed(tmp_path: Path) -> None:
    assert watch.look(Home(tmp_path), shanghai(2030, 1, 1, 0, 0)) == []
