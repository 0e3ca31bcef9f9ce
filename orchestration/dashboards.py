"""Dashboards as data: what dashboards/superset/dashboards.yml says, and the SQL behind each chart.

Superset's import (dashboards/superset/assets.py), the tests and dbt's exposures read it; nothing here knows Superset.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from orchestration import metrics
from orchestration.display import LANGUAGES, Display
from orchestration.home import REPOSITORY

FILE = REPOSITORY / "dashboards" / "superset" / "dashboards.yml"
ROWS = "rows"
"""The one measure that needs no definition: how many rows."""
_CODED = re.compile(r"\$\{(\w+\.(\w+))\}")


@dataclass(frozen=True)
class Dataset:
    """Rows for charts: SQL over the published tables."""

    name: str
    title: str
    sql: str
    measures: dict[str, str]
    """Expressions over the rows, by the name of the metric."""


@dataclass(frozen=True)
class Chart:
    """One chart: what it shows of a data set."""

    name: str
    title: str
    dataset: Dataset
    kind: str
    by: list[str]
    split: str | None
    measures: list[str]
    rows: list[str]
    """The columns of a table that shows rows as they are."""
    order: list[str]
    """The columns that these rows are sorted by, downwards with a minus before the name."""
    limit: int

    @property
    def sql(self) -> str:
        """The question that the chart asks."""
        if self.rows:
            order = ", ".join(f"{column.removeprefix('-')}{' desc' * column.startswith('-')}" for column in self.order)
            columns = ", ".join(self.rows)
            return f"select {columns} from ({self.dataset.sql}) as rows_shown order by {order} limit {self.limit}"
        groups = [*self.by, *([self.split] if self.split else [])]
        shown = [*groups, *(f"{self.dataset.measures[name]} as {name}" for name in self.measures)]
        grouped = f" group by {', '.join(groups)}" if groups else ""
        return (
            f"select {', '.join(shown)} from ({self.dataset.sql}) as rows_shown{grouped}"
            f" order by {self.measures[0]} desc limit {self.limit}"
        )


@cache
def definitions() -> dict[str, Any]:
    """Return the file as it stands."""
    return yaml.safe_load(FILE.read_text("utf-8"))


@cache
def datasets() -> dict[str, Dataset]:
    """Return the data sets by name."""
    return {name: _dataset(name, entry) for name, entry in definitions()["datasets"].items()}


@cache
def charts() -> dict[str, Chart]:
    """Return the charts by name."""
    return {name: _chart(name, entry) for name, entry in definitions()["charts"].items()}


def _dataset(name: str, entry: dict[str, Any]) -> Dataset:
    counted = entry.get("counted")
    defined = [metrics.catalogue()[metric] for metric in entry.get("metrics", [])]
    measures = {metric.name: (metric.counted_by(counted) if counted else metric).sql for metric in defined}
    sql = _CODED.sub(lambda found: _worded(found[1], found[2]), entry["sql"].strip())
    return Dataset(name, entry["title"], sql, {ROWS: f"sum({counted})" if counted else "count(*)", **measures})


def label(code: str) -> str:
    """Return a coded value as dashboards show it: Chinese · English."""
    return " · ".join(Display(language).word(code) for language in LANGUAGES)


def _worded(column: str, name: str) -> str:
    """Return SQL for a coded column's words; a code that has none stays as it is."""
    words = " ".join(f"when '{code}' then '{label(code)}'" for code in definitions()["codes"][name])
    return f"case coalesce({column}, 'blank') {words} else {column} end"


def _chart(name: str, entry: dict[str, Any]) -> Chart:
    return Chart(
        name,
        entry["title"],
        datasets()[entry["dataset"]],
        entry["kind"],
        entry.get("by", []),
        entry.get("split"),
        entry.get("metrics", []),
        entry.get("rows", []),
        entry.get("order", []),
        entry.get("limit", 1000),
    )
