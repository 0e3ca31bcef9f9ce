"""What no load says: a year that is missing, a release that rots, a load that was killed, a clock that stopped."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb

from orchestration import damage, mark, release
from orchestration.alerts import config, wording
from orchestration.alerts.problem import Problem, Severity, Words, fingerprint
from orchestration.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.scheduler.instigation import InstigatorState

SCOPES = {"freshness", "killed"}
"""What every look is about."""
DAMAGE = {"damage"}
"""What a thorough look, which reads every byte that is kept, is about too."""
_GRACE = timedelta(minutes=15)
"""A tick or a heartbeat may be late by so much."""


def look(home: Home, now: datetime, thorough: bool = False) -> list[Problem]:
    """Return the problems of SCOPES, and of DAMAGE where the look is thorough."""
    return [*missing_years(home, now), *_killed(home), *(_damage(home) if thorough else ())]


def look_at_schedules(instance: "DagsterInstance", now: datetime) -> tuple[list[Problem], set[str]]:
    """Return the schedules that should have fired and did not, and the scopes that were looked at."""
    from dagster._core.definitions.run_request import InstigatorType  # noqa: PLC0415
    from dagster._core.scheduler.instigation import InstigatorStatus  # noqa: PLC0415
    from dagster._utils.schedules import get_latest_completed_cron_tick  # noqa: PLC0415

    missed: dict[str, datetime] = {}
    looked_at, failed = {"daemon"}, []
    for state in instance.all_instigator_state():
        looked_at |= {f"{kind}:{state.name}" for kind in ("schedule", "tick")}
        if state.status is InstigatorStatus.STOPPED:
            continue
        failed += _failed_tick(instance, state)
        data = state.instigator_data
        if state.instigator_type is InstigatorType.SCHEDULE:
            due = get_latest_completed_cron_tick(data.cron_schedule, now - _GRACE, wording.SHANGHAI.key)  # pyright: ignore
            known = (data.last_iteration_timestamp or data.start_timestamp or 0) if data else 0  # pyright: ignore
            if due and due.timestamp() > known:
                missed[state.name] = due
    beats = instance.get_daemon_heartbeats()
    last = max((beat.timestamp for beat in beats.values()), default=None)
    if last is not None and datetime.fromtimestamp(last, UTC) < now - _GRACE:
        # One cause, one message: what did not fire meanwhile stands in it.
        return [_silent(datetime.fromtimestamp(last, UTC), missed)], {"daemon"}
    return [*failed, *(_did_not_fire(name, due) for name, due in missed.items())], looked_at


def _failed_tick(instance: "DagsterInstance", state: "InstigatorState") -> Iterator[Problem]:
    """Give the failure of a schedule's or sensor's last evaluation: it fired, and nothing came of it."""
    from dagster._core.scheduler.instigation import TickStatus  # noqa: PLC0415

    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    if ticks and ticks[0].status is TickStatus.FAILURE:
        error = ticks[0].error
        said = " ".join((error.cause or error).message.split())[:300] if error else "?"
        yield Problem(
            scope=f"tick:{state.name}",
            check="evaluated",
            severity=Severity.error,
            title=Words(
                f"{state.name} could not decide whether to start a load: {said}",
                f"{state.name} 评估失败，无法自动启动装载：{said}",
            ),
            remedy=Words(
                f"The page Automation, {state.name}, shows the whole error. Meanwhile load by hand: uv run jixiao load",
                f"完整错误见 Automation 页面的 {state.name}。请先手动装载：uv run jixiao load",
            ),
            fingerprint=fingerprint([re.sub(r"\d+", "0", said)]),
        )


def expected_years(home: Home, now: datetime) -> list[int]:
    """Return the fiscal years that have to be loaded by now, as alerts.yml says."""
    expected = config.read(home).expected
    if expected is None:
        return []
    month, day = map(int, expected.due.split("-"))
    today = now.astimezone(wording.SHANGHAI).date()
    return [year for year in range(expected.from_year, today.year + 1) if today > date(year, month, day)]


def loaded_years(home: Home) -> set[int]:
    """Return the fiscal years that the current release has declarations of."""
    served = release.current(home)
    if served is None:
        return set()
    try:
        with duckdb.connect(str(served.database), read_only=True) as connection:
            found = connection.execute("select distinct fiscal_year from marts.fct_declaration").fetchall()
    except duckdb.IOException:  # nobody can read any year there; that it is damaged is another problem, told too
        return set()
    return {year for (year,) in found}


def missing_years(home: Home, now: datetime) -> Iterator[Problem]:
    """Give the fiscal years that should be loaded by now and are not."""
    expected = expected_years(home, now)
    loaded = loaded_years(home) if expected else set()
    for year in expected:
        if year not in loaded:
            yield Problem(
                scope="freshness",
                check="year",
                severity=Severity.error,
                title=Words("a fiscal year that should be loaded is not", "应已装载的预算年度尚未装载"),
                remedy=Words(
                    f"Put its documents into {home.landing}/{year}/, then run: uv run jixiao load",
                    f"请将该年度文件放入 {home.landing}/{year}/，然后运行 uv run jixiao load",
                ),
                fiscal_year=year,
                where=[str(home.landing / str(year))],
            )


def _damage(home: Home) -> Iterator[Problem]:
    found = list(damage.find(home))
    if found:
        yield Problem(
            scope="damage",
            check="home",
            severity=Severity.error,
            title=Words("files of the home are damaged", "主目录中有文件损坏"),
            where=[f"{each.zh} · {each.en}" for each in found],
            remedy=Words(
                "Run: uv run jixiao doctor --repair, then: uv run jixiao load",
                "请运行 uv run jixiao doctor --repair，然后运行 uv run jixiao load",
            ),
            fingerprint=fingerprint(each.en for each in found),
            count=len(found),
        )


def _killed(home: Home) -> Iterator[Problem]:
    left = mark.killed(home)
    if left:
        en, zh = mark.STAGES.get(left.stage, (left.stage or "-",) * 2)
        since = wording.when(datetime.fromisoformat(left.since))
        yield Problem(
            scope="killed",
            check="load",
            severity=Severity.error,
            title=Words(f"a load was killed in the stage '{en}'", f"装载在“{zh}”阶段被强行终止"),
            where=[f"装载开始于 it had begun at {since}"],
            remedy=Words(
                "The last release is still served. The next load makes good: uv run jixiao load",
                "上一版本仍在提供服务。重新装载即可恢复：uv run jixiao load",
            ),
            fingerprint=left.since,
        )


def _did_not_fire(name: str, due: datetime) -> Problem:
    return Problem(
        scope=f"schedule:{name}",
        check="fired",
        severity=Severity.error,
        title=Words(f"the schedule {name} did not fire", f"定时任务 {name} 未按时触发"),
        where=[f"应触发于 due at {wording.when(due)}"],
        remedy=Words(
            "Does Dagster's daemon run (systemctl status jixiao-daemon)? Load by hand: uv run jixiao load",
            "请检查 Dagster 守护进程（systemctl status jixiao-daemon），并手动装载：uv run jixiao load",
        ),
        fingerprint=due.isoformat(),
    )


def _silent(last: datetime, missed: dict[str, datetime]) -> Problem:
    return Problem(
        scope="daemon",
        check="heartbeat",
        severity=Severity.error,
        title=Words(
            "Dagster's daemon is silent: nothing starts by itself",
            "Dagster 守护进程没有响应：任务不会自动启动",
        ),
        where=[f"{name} 应触发于 was due at {wording.when(due)}" for name, due in sorted(missed.items())],
        remedy=Words(
            f"Last heard of {wording.when(last)}. Start it: systemctl start jixiao-daemon",
            f"最后一次响应：{wording.when(last)}。请启动：systemctl start jixiao-daemon",
        ),
        fingerprint=fingerprint(missed),
    )
