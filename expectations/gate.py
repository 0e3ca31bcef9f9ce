"""The one way to run a suite: Great Expectations over the tables of an engine, read only.

Great Expectations is imported inside the functions: it takes seconds, and who only reads results does not need it.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations import baselines, docs, suites
from expectations.results import SAMPLE_ROWS, Failure, GateResult, OnTop, Outcome
from expectations.tables import DuckDBTables, Tables

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext


def run(
    gate: str,
    database: Path,
    quality: Path,
    accepted: Path | None = None,
    on_top: OnTop | None = None,
    *,
    tell: Callable[[GateResult], None] | None = None,
) -> GateResult:
    """Judge a DuckDB database, or what is new in it; see `judge`. `tell` hears the verdict before the pages are written, when
    nothing keeps the database any more."""
    opened = DuckDBTables(on_top.database, database) if on_top else DuckDBTables(database)
    with opened as tables:
        result, write_pages = _judge(gate, tables, quality, accepted, on_top.years if on_top else None)
    if tell:
        tell(result)
    write_pages()
    return result


def judge(gate: str, tables: Tables, quality: Path, accepted: Path | None = None) -> GateResult:
    """Judge `tables` with the suite `gate`; write Data Docs under `quality`/<gate>.

    `accepted` names the file of baselines that the home's owner has accepted, if there is one.
    """
    result, write_pages = _judge(gate, tables, quality, accepted)
    write_pages()
    return result


def _judge(
    gate: str,
    tables: Tables,
    quality: Path,
    accepted: Path | None,
    years: frozenset[int | None] | None = None,
) -> tuple[GateResult, Callable[[], None]]:
    """Return the verdict, and what writes the pages; baselines are looked at for `years` only, where some are given."""
    started = time.monotonic()
    suite = suites.load(gate)
    shutil.rmtree(quality / gate, ignore_errors=True)
    scope = baselines.Scope(tables.whole(suite.schema), years)
    checks = [*suite.checks, *baselines.checks(gate, scope, accepted)]
    context, results = _validate(suite, checks, tables, quality / gate)
    failures = [
        _failure(check, result, tables) for check, result in zip(checks, results, strict=True) if not result.success
    ]
    outcomes = [
        Outcome(check.table, check.title_en, check.title_zh, bool(result.success), _blocks(check))
        for check, result in zip(checks, results, strict=True)
    ]
    # Tables that are broken cannot be measured, and what they hold is nothing to expect of the next load.
    is_sound = all(outcome.passed or not outcome.blocks for outcome in outcomes[: len(suite.checks)])
    measures = baselines.measure(gate, tables, scope) if is_sound else []
    result = GateResult(gate, outcomes, failures, measures, round(time.monotonic() - started, 2))
    return result, lambda: docs.write(context, quality / gate, gate, outcomes)


def _validate(
    suite: suites.Suite, checks: Sequence[suites.Check], tables: Tables, site: Path
) -> tuple["EphemeralDataContext", list["ExpectationValidationResult"]]:
    """Run all checks, a table after the other; results come in the order of `checks`."""
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # pyright: ignore[reportAttributeAccessIssue]
    # Nobody reads what is saved of a context that lives in memory; written as YAML after each table, it takes a tenth of a gate.
    setattr(context.variables, "save", lambda: None)  # noqa: B010 - a method is not assigned to
    docs.configure(context, site)
    read = tables.reader(context, suite)
    by_number: dict[int, ExpectationValidationResult] = {}
    for table in dict.fromkeys(check.table for check in checks):
        numbered = [(number, check) for number, check in enumerate(checks) if check.table == table]
        expectations = [_expectation(number, check) for number, check in numbered]
        gx_suite = context.suites.add(gx.ExpectationSuite(f"{suite.gate}.{table}", expectations=expectations))
        batch, parameters = read(table)
        definition = gx.ValidationDefinition(name=f"{suite.gate}.{table}", data=batch, suite=gx_suite)
        definition = context.validation_definitions.add(definition)
        outcome = definition.run(
            batch_parameters=parameters,
            result_format={
                "result_format": "SUMMARY",
                "unexpected_index_column_names": numbered[0][1].index,
                "partial_unexpected_count": SAMPLE_ROWS,
            },
        )
        by_number |= {result.expectation_config.meta["number"]: result for result in outcome.results}  # pyright: ignore
    return context, [by_number[number] for number in range(len(checks))]


def _expectation(number: int, check: suites.Check) -> Any:
    from great_expectations import expectations as gxe  # noqa: PLC0415

    description = f"{check.title_en} · {check.title_zh}"
    return getattr(gxe, check.expect)(
        **check.args, severity=check.severity, description=description, meta={"number": number}
    )


def _failure(check: suites.Check, result: "ExpectationValidationResult", tables: Tables) -> Failure:
    body = result.result or {}
    raised = [info["exception_message"] for info in _exceptions(result.exception_info)]
    if raised:
        # A check that could not be run has not passed.
        return Failure(check.title_en, check.title_zh, check.table, True, 0, [], "; ".join(raised))
    observed = body.get("observed_value")
    if check.rows:
        rows = tables.ask(f"select * from ({check.rows}) as found limit {SAMPLE_ROWS}")  # noqa: S608
        return Failure(check.title_en, check.title_zh, check.table, _blocks(check), observed or 0, rows)
    rows = body.get("partial_unexpected_index_list") or []
    count = body.get("unexpected_count", 0)
    if observed is None and not rows:
        # Sets and columns: what is missing, what is too much.
        observed = ", ".join(f"{name}: {value}" for name, value in body.items() if value)
    shown = "" if observed is None else str(observed)
    return Failure(check.title_en, check.title_zh, check.table, _blocks(check), count, rows, shown)


def _blocks(check: suites.Check) -> bool:
    return check.severity == "critical"


def _exceptions(info: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return what was raised; Great Expectations keeps it under the metric's name, or plainly."""
    entries = [info, *info.values()] if info else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("raised_exception")]
