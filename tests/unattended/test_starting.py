"""What starts a load by itself, once, and what is tried again."""

import errno
import os
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl
import pytest

from ingest import documents
from orchestration import trouble
from orchestration.defs import retries, schedules
from orchestration.defs.partitions import EVERY
from orchestration.defs.sensors import landing
from orchestration.home import Home
from orchestration.session import Session, Silence, opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path))
    return Home(tmp_path)


def land(home: Home, name: str, text: str) -> None:
    file = home.landing / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def loaded(home: Home) -> None:
    """Remember the landing folder as a load does."""
    home.lake.mkdir(exist_ok=True)
    documents.scan(home.landing).write_parquet(home.lake / "landed.parquet")


class Watcher:
    """Looks again and again, with the cursor of the look before."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.instance = dg.DagsterInstance.ephemeral()

    def look(self) -> list[dg.RunRequest]:
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        answer: Any = landing(context)
        if isinstance(answer, dg.SkipReason):
            return []
        self.cursor = answer.cursor or self.cursor
        return list(answer.run_requests or [])


def test_a_document_is_loaded_when_it_has_stopped_growing(home: Home) -> None:
    watcher = Watcher()
    assert watcher.look() == []
    for size in (10, 20, 30):
        land(home, "2026/甲.txt", "项" * size)
        assert watcher.look() == [], "it is still growing"
    [request] = watcher.look()
    assert request.tags["dagster/asset_partition_range_start"] == "2026"
    assert EVERY.items() <= request.tags.items()
    assert watcher.look()[0].run_key == request.run_key, "Dagster starts no second run with the same key"
    loaded(home)
    assert watcher.look() == []


def test_the_same_bytes_touched_are_nothing_new_and_other_bytes_are(home: Home) -> None:
    watcher = Watcher()
    land(home, "2026/甲.txt", "甲")
    loaded(home)
    os.utime(home.landing / "2026" / "甲.txt", (1, 1))
    assert [watcher.look(), watcher.look()] == [[], []]
    land(home, "2026/甲.txt", "乙")
    assert watcher.look() == []
    assert len(watcher.look()) == 1
    (home.landing / "2026" / "甲.txt").write_text("甲", "utf-8")
    assert [watcher.look(), watcher.look()] == [[], []], "what it was before"


def test_what_was_replaced_and_put_back_is_loaded_again(home: Home) -> None:
    """Dagster never starts a second run with a key that it knows: the third content is the first one again."""
    watcher, keys = Watcher(), []
    for text in ("甲", "乙", "甲", "乙"):
        land(home, "2026/甲.txt", text)
        assert watcher.look() == []
        keys += [request.run_key for request in watcher.look()]
        loaded(home)
        assert watcher.look() == []
    assert len(set(keys)) == 4


def test_while_a_load_is_under_way_nothing_starts(home: Home) -> None:
    watcher = Watcher()
    land(home, "2026/甲.txt", "甲")
    watcher.look()
    with opened(home, None, None, Silence()):
        assert watcher.look() == []
    assert len(watcher.look()) == 1


def test_the_yearly_load_fires_on_the_first_of_march_at_two_in_shanghai(home: Home) -> None:
    assert (schedules.yearly_load.cron_schedule, schedules.yearly_load.execution_timezone) == (
        "0 2 1 3 *",
        "Asia/Shanghai",
    )
    moment = datetime(2027, 3, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    answer = schedules.yearly_load(dg.build_schedule_context(scheduled_execution_time=moment))
    assert isinstance(answer, dg.SkipReason)
    land(home, "2027/甲.txt", "甲")
    request: Any = schedules.yearly_load(dg.build_schedule_context(scheduled_execution_time=moment))
    assert request.run_key == "yearly-2027-03-01"


def try_once(error: Exception, attempt: int = 0, is_unattended: bool = True) -> Exception:
    context = cast("dg.AssetExecutionContext", SimpleNamespace(retry_number=attempt))
    session = cast("Session", SimpleNamespace(is_unattended=is_unattended))
    with pytest.raises(Exception) as raised, retries.healing(context, session):  # noqa: PT011
        raise error
    return raised.value


def test_what_can_heal_is_tried_again_with_backoff() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    waits = [cast("dg.RetryRequested", try_once(full, attempt)).seconds_to_wait for attempt in range(4)]
    assert waits == [30, 60, 120, 240]


@pytest.mark.parametrize("error", [trouble.Trouble("blocked", "阻止"), ValueError("x"), OSError(errno.ENOENT, "gone")])
def test_what_cannot_heal_is_not(error: Exception) -> None:
    assert try_once(error) is error


@pytest.mark.parametrize(
    "said",
    [
        "IO Error: Could not write file x: No space left on device",
        "database or disk is full",
        "(sqlite3.OperationalError) disk I/O error",
    ],
)
def test_a_full_disk_is_one_whoever_says_it(said: str) -> None:
    error = RuntimeError(said)
    assert trouble.can_heal(error)
    plain = trouble.of_disk(error)
    assert plain is not None
    assert said in plain.en
    assert "磁盘操作失败" in plain.zh
    assert trouble.of_disk(ValueError("x")) is None


def test_a_person_at_the_desk_is_told_at_once() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    assert try_once(full, is_unattended=False) is full


def test_a_cause_that_heals_heals() -> None:
    outer = pl.exceptions.ComputeError("write")
    outer.__cause__ = TimeoutError()
    assert trouble.can_heal(outer)
