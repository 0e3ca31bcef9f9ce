"""Baselines: what counts, fill rates and shares are expected to be, by fiscal year, and what they are.

Metrics and bounds stand in `baselines.yml`; what a home's owner has accepted for a fiscal year stands in that home
(`expectations.accepted`). A year that nobody has accepted yet is measured and proposed, never failed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from expectations import accepted
from expectations.accepted import Entry
from expectations.results import Measure
from expectations.suites import Check, rows_check
from expectations.tables import Tables

FILE = Path(__file__).with_name("baselines.yml")
_SEVERITIES = {"block": "critical", "warn": "warning"}


@dataclass(frozen=True)
class Metric:
    """Something that is measured by fiscal year."""

    name: str
    gate: str
    kind: str
    """count, mean or share"""
    table: str
    en: str
    zh: str
    sql: str
    """Gives fiscal_year and value; `{whole}` stands before the names of tables."""
    tolerance: float
    below: str
    above: str
    """What a breach does: block or warn."""


@dataclass(frozen=True)
class Scope:
    """What metrics look at."""

    schema: str
    """Of the whole tables, with a dot behind; empty where the tables' names suffice."""
    years: frozenset[int | None] | None = None
    """The fiscal years that are measured, beside what has none; None: all."""

    def sql(self, metric: Metric) -> str:
        """Return the query of `metric`."""
        whole = metric.sql.replace("{whole}", self.schema)
        if self.years is None:
            return whole
        numbers = sorted(year for year in self.years if year is not None)
        known = f"fiscal_year in ({', '.join(map(str, numbers))})" if numbers else "false"
        return f"select * from ({whole}) as measured where {known} or fiscal_year is null"  # noqa: S608

    def holds(self, entry: Entry) -> bool:
        """Whether the year of `entry` is measured."""
        return self.years is None or entry.fiscal_year in self.years


@cache
def metrics() -> dict[str, Metric]:
    """Return every metric by its name."""
    reviewed = _reviewed()
    return {
        (name := text.format(**values)): Metric(
            name=name,
            gate=gate,
            kind=raw["kind"],
            **{key: raw[key].format(**values, whole="{whole}") for key in ("table", "en", "zh", "sql")},
            **reviewed["kinds"][raw["kind"]],
        )
        for gate in ("parsed", "marts")
        for text, raw in reviewed[gate]["metrics"].items()
        for values in raw.get("each", [{}])
    }


@cache
def _reviewed() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))


def _of(gate: str) -> Iterable[Metric]:
    return (metric for metric in metrics().values() if metric.gate == gate)


def measure(gate: str, tables: Tables, scope: Scope) -> list[Measure]:
    """Return every metric of `gate` for every fiscal year of `scope`."""
    return [
        Measure(metric.name, row["fiscal_year"], round(float(row["value"]), 6))
        for metric in _of(gate)
        for row in tables.ask(scope.sql(metric) + " order by all")
        if row["value"] is not None
    ]


def read(home_file: Path) -> list[Entry]:
    """Return the entries of a home's file; raises ValueError that names what is wrong in it."""
    entries = accepted.read(home_file)
    unknown = {entry.metric for entry in entries} - metrics().keys()
    if unknown:
        raise ValueError(
            f"{home_file}: there is no metric {', '.join(sorted(unknown))}; there are {', '.join(metrics())}"
        )
    return entries


def checks(gate: str, scope: Scope, home_file: Path | None = None) -> list[Check]:
    """Return the bounds as checks, the reviewed ones and those of the values that the home's owner accepted."""
    own = [entry for entry in read(home_file) if scope.holds(entry)] if home_file else []
    return [
        *(_reviewed_check(metrics()[bound["metric"]], bound, scope) for bound in _reviewed()[gate]["bounds"]),
        *(check for metric in _of(gate) for check in _accepted_checks(metric, own, scope)),
    ]


def span(entry: Entry) -> tuple[float, float]:
    """Return the lowest and the highest value that `entry` lets pass."""
    if metrics()[entry.metric].kind == "share":
        return round(max(entry.value - entry.tolerance, 0), 6), round(min(entry.value + entry.tolerance, 1), 6)
    room = entry.tolerance * abs(entry.value)
    return round(entry.value - room, 6), round(entry.value + room, 6)


def _reviewed_check(metric: Metric, bound: dict[str, Any], scope: Scope) -> Check:
    (side,) = {"below", "above"} & bound.keys()
    limit, sign = (bound["min"], "<") if side == "below" else (bound["max"], ">")
    query = f"select * from ({scope.sql(metric)}) where value {sign} {limit}"  # noqa: S608
    en = f"{metric.en} not {side} {limit}: {bound['reason']}"
    zh = f"{metric.zh}不应{'低于' if side == 'below' else '高于'} {limit}"
    return rows_check(metric.table, (en, zh), query, _SEVERITIES[bound[side]], ["fiscal_year"])


def _accepted_checks(metric: Metric, own: list[Entry], scope: Scope) -> Iterable[Check]:
    """Give one check a side and severity of all years that were accepted of `metric`."""
    for side, sign, words in (("below", "< lowest", "低于"), ("above", "> highest", "高于")):
        for breach, severity in _SEVERITIES.items():
            rows = [e for e in own if e.metric == metric.name and getattr(e, side) == breach]
            if rows:
                yield rows_check(
                    metric.table,
                    (f"{metric.en} not {side} the accepted baseline", f"{metric.zh}不应{words}已确认的基线"),
                    _breaches(metric, rows, sign, scope),
                    severity,
                    ["fiscal_year"],
                )


def _breaches(metric: Metric, entries: list[Entry], condition: str, scope: Scope) -> str:
    """Return the query of what is out of its span; a count of a year that has vanished is 0."""
    values = ", ".join(f"({entry.fiscal_year}, {entry.value}, {', '.join(map(str, span(entry)))})" for entry in entries)
    found = "coalesce(m.value, 0)" if metric.kind == "count" else "m.value"
    return (
        f"select * from (select b.fiscal_year, {found} as value, b.accepted, b.lowest, b.highest"  # noqa: S608
        f" from (values {values}) as b (fiscal_year, accepted, lowest, highest)"
        f" left join ({scope.sql(metric)}) as m using (fiscal_year)) where value {condition}"
    )
