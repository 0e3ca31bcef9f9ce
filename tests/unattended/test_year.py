"""A year's life in minutes, with a moved clock: what maintainers read on their phones, and which releases there were.

Documents arrive, one is half-written, one is wrong and corrected, one is broken; the daemon is down on the day of the
yearly load; a channel is down; a load is killed; a file rots. Loads are real, and so are the servers that get the mail.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat

from orchestration import clock, doctor, release
from orchestration.alerts import post, watch
from orchestration.home import Home
from orchestration.load import load
from orchestration.session import Silence
from tests.alerts.receivers import Received, mailbox, webhook
from tests.alerts.test_post import configure
from tests.alerts.test_watch import schedule, shanghai
from tests.conftest import few_forms
from tests.faults.test_damage import a_lake_file, spoil
from tests.unattended.test_starting import Watcher

SECRET = "pl4nted-t0ken"
KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.home import Home
from orchestration.session import Silence, opened
with opened(Home(Path(sys.argv[1])), None, None, Silence()) as session, session.stage("build"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Year:
    """The machine room: a home, a clock, Dagster's history, and who is awake."""

    def __init__(self, home: Home, instance: dg.DagsterInstance, hook: Received, mail: Received) -> None:
        self.home, self.instance, self.hook, self.mail = home, instance, hook, mail
        self.watcher, self.now, self.is_daemon_up = Watcher(), shanghai(2027, 1, 1, 0, 0), True
        self.log: list[tuple[str, str]] = []
        """What the webhook got: day, and the title without its beginning."""

    def until(self, *moment: int) -> None:
        """Let nights pass, one look each, up to a moment in Shanghai."""
        end = shanghai(2027, *moment)
        while (night := self._next_night()) < end:
            self.now = night
            self.look()
        self.now = end

    def _next_night(self) -> datetime:
        midnight = (self.now + timedelta(hours=8)).replace(hour=0, minute=0)
        tonight = midnight + timedelta(hours=3, minutes=30) - timedelta(hours=8)
        return tonight if tonight > self.now else tonight + timedelta(days=1)

    def look(self, thorough: bool = False) -> None:
        """The look from outside, every night."""
        if self.is_daemon_up:
            self.instance.add_daemon_heartbeat(DaemonHeartbeat(self.now.timestamp(), "SCHEDULER", "x", []))
        scheduled, looked_at = watch.look_at_schedules(self.instance, self.now)
        found = [*watch.look(self.home, self.now, thorough), *scheduled]
        post.report(self.home, found, watch.SCOPES | looked_at | (watch.DAMAGE if thorough else set()), self.now)
        self.note()

    def fires(self) -> None:
        """The yearly schedule fires."""
        schedule(self.instance, self.now)

    def land(self, name: str, data: bytes) -> None:
        file = self.home.landing / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def sense(self) -> bool:
        """The sensor looks; whether it started a load."""
        self.now += timedelta(minutes=1)
        if not self.watcher.look():
            return False
        load(self.home, None, None, Silence())
        self.note()
        return True

    def note(self) -> None:
        day = f"{self.now + timedelta(hours=8):%m-%d}"
        new = self.hook.titles[len(self.log) :]
        self.log += [(day, title.removeprefix("[绩效 jixiao] ").partition(" · ")[0]) for title in new]


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path))
    with webhook() as hook, mailbox() as mail, dg.instance_for_test() as instance, monkeypatch.context() as patch:
        # Dagster's instance names a home of its own: out with it here, and back before it goes, or it stays for all tests after.
        patch.delenv("DAGSTER_HOME", raising=False)
        monkeypatch.setenv("JIXIAO_HOOK_TOKEN", SECRET)
        address = hook.address.replace("json://", "json://bureau:${JIXIAO_HOOK_TOKEN}@")
        configure(
            tmp_path,
            {"channels": {"hook": address, "mail": mail.address}, "expected": {"from_year": 2026, "due": "03-31"}},
        )
        life = Year(Home(tmp_path), instance, hook, mail)
        monkeypatch.setattr(clock, "now", lambda: life.now)
        schedule(instance, shanghai(2026, 3, 1, 2, 0))
        yield life


def test_a_years_life(year: Year) -> None:
    for chapter in (documents_arrive, the_daemon_is_down, mail_is_down, more_documents, the_power_fails, a_file_rots):
        chapter(year)
    assert year.log == EXPECTED
    of_mail = [title for title in year.hook.titles if "告警渠道 mail" in title]
    assert len(of_mail) == 4
    assert year.mail.titles == [title for title in year.hook.titles if title not in of_mail], "late, and complete"
    releases = release.kept(year.home)
    assert [kept.release_id[:8] for kept in releases] == ["20270420", "20270316", "20270210"]
    assert [kept.manifest["previous"] for kept in releases] == [*(kept.release_id for kept in releases[1:]), None]
    assert all(release.verify(kept) == [] for kept in releases)
    assert release.current(year.home) == releases[0]
    files = [file for file in year.home.root.rglob("*") if file.is_file()]
    assert [file for file in files if SECRET.encode() in file.read_bytes()] == []
    assert SECRET not in str([*year.hook.messages, *year.mail.messages])


def documents_arrive(year: Year) -> None:
    """The first look sees half of one; when it is whole it is loaded, once, with a wrong total in it."""
    wrong = few_forms(2027).replace("合计\t\t1,371,400", "合计\t\t1,371,500", 1).encode()
    year.until(2, 10, 9, 0)
    year.land("2027/liuzhou.txt", wrong[: len(wrong) // 2])
    assert not year.sense()
    year.land("2027/liuzhou.txt", wrong)
    assert [year.sense() for _ in range(3)] == [False, True, False]


def the_daemon_is_down(year: Year) -> None:
    """It is down on the night of the yearly load."""
    year.until(2, 28, 22, 0)
    year.is_daemon_up = False
    year.until(3, 2, 9, 0)
    year.is_daemon_up = True
    year.look()
    year.fires()


def mail_is_down(year: Year) -> None:
    """So it is when the correction comes, and up again days later."""
    year.until(3, 16, 9, 0)
    year.mail.down = True
    year.land("2027/liuzhou.txt", few_forms(2027).encode())
    assert [year.sense() for _ in range(2)] == [False, True]
    year.until(3, 20, 9, 0)
    year.mail.down = False


def more_documents(year: Year) -> None:
    """The year that was missing comes, and a broken file with it."""
    year.until(4, 20, 9, 0)
    year.land("2026/liuzhou.txt", few_forms(2026).encode())
    year.land("2027/附件.xlsx", b"PK\x03\x04 this is no workbook")
    assert [year.sense() for _ in range(2)] == [False, True]


def the_power_fails(year: Year) -> None:
    """A load dies; somebody loads again the next day."""
    year.until(6, 10, 9, 0)
    done = subprocess.run([sys.executable, "-c", KILLED, str(year.home.root)], check=False)
    assert done.returncode == -signal.SIGKILL
    year.until(6, 11, 9, 0)
    load(year.home, None, None, Silence())
    year.note()


def a_file_rots(year: Year) -> None:
    """The thorough look finds it, and a maintainer does what the message says."""
    year.until(8, 1, 9, 0)
    spoil(a_lake_file(year.home, 2026))
    year.look(thorough=True)
    doctor.repair(year.home)
    year.now += timedelta(hours=1)
    year.look(thorough=True)
    year.until(9, 1, 9, 0)


EXPECTED = [
    ("01-01", "✗ 新问题 New problem: 应已装载的预算年度尚未装载 2026"),
    ("01-02", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("01-03", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("01-05", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("01-09", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("01-17", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("02-02", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("02-10", "✗ 新问题 New problem: 规则 F1：资金总额不等于各来源之和 2027"),
    ("02-12", "问题仍在 Still there: 规则 F1：资金总额不等于各来源之和 2027"),
    ("02-14", "问题仍在 Still there: 规则 F1：资金总额不等于各来源之和 2027"),
    ("02-18", "问题仍在 Still there: 规则 F1：资金总额不等于各来源之和 2027"),
    ("02-26", "问题仍在 Still there: 规则 F1：资金总额不等于各来源之和 2027"),
    ("03-01", "✗ 新问题 New problem: Dagster 守护进程没有响应：任务不会自动启动"),
    ("03-02", "问题仍在 Still there: Dagster 守护进程没有响应：任务不会自动启动"),
    ("03-02", "✗ 新问题 New problem: 定时任务 yearly_load 未按时触发"),
    ("03-02", "✓ 已恢复 Recovered: Dagster 守护进程没有响应：任务不会自动启动"),
    ("03-03", "✓ 已恢复 Recovered: 定时任务 yearly_load 未按时触发"),
    ("03-06", "问题仍在 Still there: 应已装载的预算年度尚未装载 2026"),
    ("03-14", "问题仍在 Still there: 规则 F1：资金总额不等于各来源之和 2027"),
    ("03-16", "✓ 已恢复 Recovered: 规则 F1：资金总额不等于各来源之和 2027"),
    ("03-16", "✗ 新问题 New problem: 告警渠道 mail 不通"),
    ("03-18", "问题仍在 Still there: 告警渠道 mail 不通"),
    ("03-20", "问题仍在 Still there: 告警渠道 mail 不通"),
    ("03-21", "✓ 已恢复 Recovered: 告警渠道 mail 不通"),
    ("04-20", "! 新问题 New problem: 未能读懂的行 2027"),
    ("04-20", "✓ 已恢复 Recovered: 应已装载的预算年度尚未装载 2026"),
    ("04-28", "问题仍在 Still there: 未能读懂的行 2027"),
    ("05-06", "问题仍在 Still there: 未能读懂的行 2027"),
    ("05-22", "问题仍在 Still there: 未能读懂的行 2027"),
    ("06-11", "✗ 新问题 New problem: 装载在“构建数仓”阶段被强行终止"),
    ("06-11", "✓ 已恢复 Recovered: 装载在“构建数仓”阶段被强行终止"),
    ("06-23", "问题仍在 Still there: 未能读懂的行 2027"),
    ("08-01", "✗ 新问题 New problem: 主目录中有文件损坏"),
    ("08-01", "✓ 已恢复 Recovered: 主目录中有文件损坏"),
    ("08-26", "问题仍在 Still there: 未能读懂的行 2027"),
]
