"""A problem as a message: Chinese and English, short enough for a chat, complete enough to act on."""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orchestration.alerts.problem import Problem, Severity
from orchestration.alerts.state import Case, Change, Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
SAMPLE = 3
"""Rows that a message shows."""
_LONGEST = 100
_CHANGES = {
    Change.new: ("新问题", "New problem"),
    Change.changed: ("问题有变化", "Problem changed"),
    Change.recovered: ("已恢复", "Recovered"),
}
_MARKS = {Severity.error: "✗", Severity.warning: "!", Severity.info: "i"}


class Text(NamedTuple):
    """What goes out."""

    title: str
    body: str


def message(change: Change, case: Case) -> Text:
    """Return the message on one problem."""
    problem = case.problem
    zh, en = _CHANGES[change]
    mark = "✓" if change is Change.recovered else _MARKS[problem.severity]
    title = f"[绩效 jixiao] {mark} {zh} {en}: {problem.title.zh}{_year(problem)} · {problem.title.en}"
    return Text(title, "\n".join(_recovery(case) if change is Change.recovered else _body(case)))


def digest(cases: Sequence[Case]) -> Text:
    """Return the one message on problems that are still there."""
    lines = [
        line
        for case in cases
        for line in (*_headline(case), f"  {_since(case)}", *(f"  {line}" for line in _remedy(case.problem)), "")
    ]
    named = [f"{case.problem.title.zh}{_year(case.problem)}" for case in cases]
    more = f" … ({len(cases)})" if len(cases) > SAMPLE else ""
    title = f"[绩效 jixiao] 问题仍在 Still there: {'; '.join(named[:SAMPLE])}{more}"
    return Text(title, "\n".join([*lines, "全部问题 All problems: uv run jixiao alerts list"]))


def bundle(messages: Sequence[Message]) -> Text:
    """Return many waiting messages as one."""
    title = f"[绩效 jixiao] {len(messages)} 条告警 alerts"
    return Text(title, "\n\n".join(f"■ {each.title}\n{each.body}" for each in messages))


def when(moment: datetime) -> str:
    """Return a moment as people in China read it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (北京时间 Asia/Shanghai)"


def _body(case: Case) -> list[str]:
    problem = case.problem
    lines = [*_headline(case), ""]
    if problem.where:
        more = f" … ({len(problem.where)})" if len(problem.where) > SAMPLE else ""
        lines.append(f"何处 Where: {'; '.join(problem.where[:SAMPLE])}{more}")
    lines.append(_since(case))
    if problem.rows:
        shown = min(SAMPLE, len(problem.rows))
        lines += [f"样例 Sample ({shown} / {problem.count:,}):", *(f"  - {_row(row)}" for row in problem.rows[:SAMPLE])]
    lines += _remedy(problem)
    if problem.run_id:
        lines.append(f"运行 Run: {_run(problem.run_id)}")
    return lines


def _remedy(problem: Problem) -> list[str]:
    return [f"处理 What to do: {problem.remedy.zh}", f"    {problem.remedy.en}"]


def _recovery(case: Case) -> list[str]:
    assert case.recovered_at is not None  # noqa: S101
    return [*_headline(case, "✓"), "", _since(case), f"恢复 Recovered: {when(case.recovered_at)}"]


def _headline(case: Case, mark: str = "") -> list[str]:
    problem = case.problem
    rows = f" ({problem.count:,} 行 rows)" if problem.rows else ""
    return [
        f"{mark or _MARKS[problem.severity]} {problem.title.zh}{_year(problem)}{rows}",
        f"  {problem.title.en}",
        f"  {problem.key}",
    ]


def _since(case: Case) -> str:
    return f"始于 Since: {when(case.first_seen)}"


def _year(problem: Problem) -> str:
    return "" if problem.fiscal_year is None else f" {problem.fiscal_year}"


def _run(run_id: str) -> str:
    """Return the address of a run's page, or its name where JIXIAO_DAGSTER_URL does not say where the pages are."""
    base = os.environ.get("JIXIAO_DAGSTER_URL", "").rstrip("/")
    return f"{base}/runs/{run_id}" if base else run_id


def _row(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in row.items() if value not in (None, ""))


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
