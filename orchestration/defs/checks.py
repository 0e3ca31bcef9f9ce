"""The gates as blocking asset checks: what is downstream of one that fails does not run. Suites are expectations'."""

from collections.abc import Iterator

import dagster as dg

from expectations import suites
from expectations.results import Failure, GateResult, OnTop
from orchestration import base, baseline
from orchestration.defs.resources import Desk
from orchestration.session import Session

PREFIX = {"parsed": ["lake"], "marts": ["marts"]}


def specs(gate: str) -> list[dg.AssetCheckSpec]:
    """Return one blocking check a table of the gate's suite."""
    tables = dict.fromkeys(check.table for check in suites.load(gate).checks)
    description = f"Suite '{gate}': expectations/suites/{gate}.yml, bounds in expectations/baselines.yml"
    return [
        dg.AssetCheckSpec(gate, asset=dg.AssetKey([*PREFIX[gate], table]), blocking=True, description=description)
        for table in tables
    ]


@dg.multi_asset_check(specs=specs("parsed"), description="Gate after parsing 解析后的检查")
def parsed(desk: Desk) -> Iterator[dg.AssetCheckResult]:
    """Judge the lake."""
    session = desk.session
    with session.stage("parsed"):
        result = _judge(session, "parsed")
    yield from _results(result)


@dg.multi_asset_check(specs=specs("marts"), description="Gate before publication 发布前的检查")
def marts(desk: Desk) -> Iterator[dg.AssetCheckResult]:
    """Judge the warehouse under construction."""
    session = desk.session
    with session.stage("marts"):
        result = _judge(session, "marts")
    yield from _results(result)


def begin(session: Session) -> None:
    """Let the gate before publication judge while Dagster hears of the tables."""
    session.judged = session.meanwhile.submit(session.engine.judge, session.home, "marts", _on_top(session, "marts"))


def _judge(session: Session, gate: str) -> GateResult:
    home = session.home
    baseline.accepted(home)
    on_top = _on_top(session, gate)
    begun = session.judged if gate == "marts" else None
    result = begun.result() if begun else session.engine.judge(home, gate, on_top)
    session.gates[gate] = base.carried(result, session.base, on_top) if session.base and on_top else result
    session.proposed = baseline.propose(home, session.gates[gate])
    return session.gates[gate]


def _on_top(session: Session, gate: str) -> OnTop | None:
    """Return what the gate has not judged yet; None: everything."""
    if session.base and gate == "parsed":
        return base.new_in_lake(session.home, session.base)
    if session.anew is None or not session.anew.has_declarations:
        return None
    return OnTop(session.anew.database, session.anew.years)


def _results(result: GateResult) -> Iterator[dg.AssetCheckResult]:
    for spec in specs(result.gate):
        failures = [failure for failure in result.failures if failure.table == spec.asset_key.path[-1]]
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=result.gate,
            passed=not failures,
            severity=dg.AssetCheckSeverity.ERROR if any(f.blocks for f in failures) else dg.AssetCheckSeverity.WARN,
            metadata={"seconds": result.seconds, "failures": dg.MetadataValue.md(_markdown(failures))},
        )


def _markdown(failures: list[Failure]) -> str:
    return "\n\n".join(
        f"**{failure.title_en} · {failure.title_zh}**: {failure.count} {failure.observed}\n\n"
        + "\n".join(f"- `{row}`" for row in failure.rows)
        for failure in failures
    )
