"""The suites as data: `suites/<gate>.yml` holds what must be true, with a title in English and Chinese.

An entry names either an expectation of Great Expectations' core (`expect`, `args`) or a query of offending rows
(`rows`); `columns` repeats an entry for each column. `severity: warning` is said, but does not block.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "suites"
_SEVERITIES = {"critical", "warning"}


@dataclass(frozen=True)
class Check:
    """One expectation about one table."""

    table: str
    title_en: str
    title_zh: str
    severity: str
    expect: str
    """Class name in great_expectations.expectations."""
    args: dict[str, Any]
    index: list[str]
    """The columns that say which row it is."""

    rows: str | None = None
    """The query of offending rows, for a check that is one."""


@dataclass(frozen=True)
class Suite:
    """All checks of one gate, in the order in which they are written."""

    gate: str
    schema: str
    """The schema of the database in which its tables stand."""
    checks: list[Check]


@cache
def load(gate: str) -> Suite:
    """Return the suite of `suites/<gate>.yml`; raises ValueError naming the entry that is wrong."""
    raw = yaml.safe_load((FOLDER / f"{gate}.yml").read_text("utf-8"))
    checks = [
        check
        for table, body in raw["tables"].items()
        for entry in body["checks"]
        for check in _expand(table, body["index"], entry)
    ]
    return Suite(gate, raw["schema"], checks)


def _expand(table: str, index: list[str], entry: dict[str, Any]) -> list[Check]:
    severity = entry.get("severity", "critical")
    if severity not in _SEVERITIES or ("rows" in entry) == ("expect" in entry):
        raise ValueError(f"{table}: an entry needs one of rows, expect, and a severity of {_SEVERITIES}: {entry}")
    if "rows" in entry:
        return [rows_check(table, (entry["en"], entry["zh"]), entry["rows"], severity, index)]
    columns = entry.get("columns")
    variants = [{"column": column} for column in columns] if columns else [{}]
    return [
        Check(
            table,
            entry["en"].format(**variant),
            entry["zh"].format(**variant),
            severity,
            entry["expect"],
            {**variant, **entry.get("args", {})},
            index,
        )
        for variant in variants
    ]


def rows_check(table: str, titles: tuple[str, str], query: str, severity: str, index: list[str]) -> Check:
    """Return a check that fails for each row that `query` returns; it names its tables itself.

    `titles` are the check's in English and Chinese.
    """
    # Great Expectations formats the query: a brace of ours has to be doubled, and {batch} has to be in it.
    escaped = query.strip().replace("{", "{{").replace("}", "}}") + " /* {batch} */"
    return Check(
        table, *titles, severity, "UnexpectedRowsExpectation", {"unexpected_rows_query": escaped}, index, query
    )
