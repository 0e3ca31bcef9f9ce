"""Which problems are open, and which messages still have to go out: SQLite in the home, one user at a time.

A message leaves the outbox when its channel has taken it: one that is down loses nothing, it gets it later.
"""

import fcntl
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orchestration.alerts.problem import Problem, Severity, Words
from orchestration.home import Home
from orchestration.trouble import Trouble

_SCHEMA = """
create table if not exists problem (
    key text primary key,
    scope text not null,
    owner text not null,
    problem text not null,
    first_seen text not null,
    last_seen text not null,
    told_at text not null,
    recovered_at text
);
create table if not exists message (
    id integer primary key,
    channel text not null,
    key text not null,
    title text not null,
    body text not null,
    created_at text not null,
    attempts integer not null default 0,
    next_try_at text not null,
    reason text not null default '',
    delivered_at text
);
"""
_REMIND = {Severity.error: timedelta(days=1), Severity.warning: timedelta(days=7), Severity.info: timedelta(days=7)}
_RETRY = timedelta(minutes=1)
_RETRY_MOST = timedelta(hours=6)
_KEPT = timedelta(days=400)
"""Delivered messages and recovered problems stay for a budget year: the log of alerts."""


class Change(StrEnum):
    """What is new about a problem."""

    new = "new"
    changed = "changed"
    recovered = "recovered"


@dataclass(frozen=True)
class Case:
    """A problem with its history."""

    problem: Problem
    owner: str
    first_seen: datetime
    last_seen: datetime
    told_at: datetime
    recovered_at: datetime | None


@dataclass(frozen=True)
class Message:
    """A message in the outbox, or one that has left it."""

    id: int
    channel: str
    key: str
    title: str
    body: str
    created_at: datetime
    attempts: int
    reason: str
    delivered_at: datetime | None


class State:
    """The open problems and the outbox; made by `opened`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.row_factory = sqlite3.Row
        database.executescript(_SCHEMA)

    def note(self, found: Problem, owner: str, now: datetime) -> tuple[Change, Case] | None:
        """Enter a problem; return what is new about it, None where its people know it already.

        An open problem is told again when it has grown or changed its rows, not when it has shrunk.
        """
        row = self._database.execute("select * from problem where key = ?", [found.key]).fetchone()
        before = _case(row) if row and row["recovered_at"] is None else None
        change = Change.new if before is None else _change(before.problem, found)
        case = Case(
            found,
            owner,
            first_seen=before.first_seen if before else now,
            last_seen=now,
            told_at=now if before is None or change else before.told_at,
            recovered_at=None,
        )
        self._write(case)
        return (change, case) if change else None

    def remind(self, now: datetime) -> list[Case]:
        """Return the open problems that their people have to be reminded of.

        After a day, two, four and so on; what is no error after a week, two, four.
        """
        due = [case for case in self.open() if _is_due(case, now)]
        told = [replace(case, told_at=now) for case in due]
        for case in told:
            self._write(case)
        return told

    def recover(self, scopes: Collection[str], found: Collection[str], now: datetime) -> list[Case]:
        """Close the open problems of `scopes` whose keys are not in `found`; return them."""
        gone = [case for case in self.open() if case.problem.scope in scopes and case.problem.key not in found]
        closed = [replace(case, recovered_at=now) for case in gone]
        for case in closed:
            self._write(case)
        return closed

    def open(self) -> list[Case]:
        """Return the open problems, the oldest first."""
        return [
            _case(row)
            for row in self._database.execute(
                "select * from problem where recovered_at is null order by first_seen, key"
            )
        ]

    def cases(self) -> list[Case]:
        """Return open and recovered problems, the oldest first."""
        return [_case(row) for row in self._database.execute("select * from problem order by first_seen, key")]

    def post(self, channel: str, key: str, title: str, body: str, now: datetime) -> None:
        """Put a message into the outbox."""
        self._database.execute(
            "insert into message (channel, key, title, body, created_at, next_try_at) values (?, ?, ?, ?, ?, ?)",
            [channel, key, title, body, now.isoformat(), now.isoformat()],
        )

    def waiting(self, now: datetime | None = None) -> list[Message]:
        """Return undelivered messages in their order; with `now`, only those whose next attempt is due."""
        # Later than the longest wait: the clock was put back meanwhile.
        due = "and (next_try_at <= ? or next_try_at > ?)" if now else ""
        rows = self._database.execute(
            f"select * from message where delivered_at is null {due} order by id",  # noqa: S608
            [now.isoformat(), (now + _RETRY_MOST).isoformat()] if now else [],
        )
        return [_message(row) for row in rows]

    def delivered(self) -> list[Message]:
        """Return what has arrived, in the order of arrival."""
        rows = self._database.execute("select * from message where delivered_at is not null order by delivered_at, id")
        return [_message(row) for row in rows]

    def arrived(self, messages: Collection[Message], now: datetime) -> None:
        """Take messages out of the outbox."""
        self._database.executemany(
            "update message set delivered_at = ?, reason = '' where id = ?",
            [(now.isoformat(), each.id) for each in messages],
        )
        self._database.commit()

    def failed(self, messages: Collection[Message], reason: str, now: datetime) -> None:
        """Keep messages for another attempt: after a minute, two, four, and so on, six hours at most."""
        for each in messages:
            wait = min(_RETRY * 2 ** min(each.attempts, 20), _RETRY_MOST)
            self._database.execute(
                "update message set attempts = attempts + 1, reason = ?, next_try_at = ? where id = ?",
                [reason, (now + wait).isoformat(), each.id],
            )
        self._database.commit()

    def readdress(self, message: Message, channel: str) -> None:
        """Give a message whose channel is configured no more to another one."""
        self._database.execute("update message set channel = ? where id = ?", [channel, message.id])

    def forget(self, now: datetime) -> None:
        """Remove what is long over."""
        before = (now - _KEPT).isoformat()
        self._database.execute("delete from message where delivered_at < ?", [before])
        self._database.execute("delete from problem where recovered_at < ?", [before])

    def commit(self) -> None:
        """Bring everything to the disk."""
        self._database.commit()

    def _write(self, case: Case) -> None:
        self._database.execute(
            "insert or replace into problem values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                case.problem.key,
                case.problem.scope,
                case.owner,
                json.dumps(asdict(case.problem), ensure_ascii=False, default=str),
                *(at.isoformat() for at in (case.first_seen, case.last_seen, case.told_at)),
                case.recovered_at and case.recovered_at.isoformat(),
            ],
        )


def damaged(home: Home, error: sqlite3.Error) -> Trouble:
    """Say that the state of the alerts cannot be read."""
    return Trouble(
        f"{home.alerts} cannot be read: {error}. If it is damaged, uv run jixiao doctor --repair{home.option} sets it aside;"
        " open problems are then told again.",
        f"无法读取告警状态 {home.alerts}：{error}。如已损坏，请运行 uv run jixiao doctor --repair{home.option} 将其另存，"
        "未解决的问题会重新告警。",
    )


@contextmanager
def opened(home: Home) -> Iterator[State]:
    """Open the state of a home; who comes second waits, so that no message goes out twice."""
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / ".alerts.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database = sqlite3.connect(home.alerts)
        try:
            yield State(database)
            database.commit()
        finally:
            database.close()


@contextmanager
def seen(home: Home) -> Iterator[State]:
    """Open the state of a home to look at it: where nothing can be written too, and without waiting for anybody."""
    file = f"{home.alerts.as_uri()}?mode=ro" if home.alerts.exists() else ":memory:"
    with closing(sqlite3.connect(file, uri=True)) as database:
        yield State(database)


def _change(known: Problem, found: Problem) -> Change | None:
    if found.severity is Severity.error and known.severity is not Severity.error:
        return Change.changed
    if found.fingerprint != known.fingerprint and found.count >= known.count:
        return Change.changed
    return None


def _is_due(case: Case, now: datetime) -> bool:
    # abs: where the clock was put back, what was told "later" than now is told again, once.
    return abs(now - case.told_at) >= max(_REMIND[case.problem.severity], case.told_at - case.first_seen)


def _case(row: sqlite3.Row) -> Case:
    raw: dict[str, Any] = json.loads(row["problem"])
    raw |= {"severity": Severity(raw["severity"]), "title": Words(*raw["title"]), "remedy": Words(*raw["remedy"])}
    times: dict[str, Any] = {
        name: row[name] and datetime.fromisoformat(row[name])
        for name in ("first_seen", "last_seen", "told_at", "recovered_at")
    }
    return Case(Problem(**raw), row["owner"], **times)


def _message(row: sqlite3.Row) -> Message:
    times: dict[str, Any] = {
        name: row[name] and datetime.fromisoformat(row[name]) for name in ("created_at", "delivered_at")
    }
    plain: dict[str, Any] = {
        name: row[name] for name in ("id", "channel", "key", "title", "body", "attempts", "reason")
    }
    return Message(**plain, **times)
