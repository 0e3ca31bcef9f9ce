"""Named measures, as dbt's semantic models define them, turned into SQL for explorer, report and Superset alike.

MetricFlow reads the same files; it is not used here, because a page that waits on it would wait for seconds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import yaml

from orchestration.home import REPOSITORY

FOLDER = REPOSITORY / "dbt_project" / "models" / "semantic"
_AGGREGATES = {
    "sum": "sum({})",
    "average": "avg({})",
    "count_distinct": "count(distinct {})",
    "min": "min({})",
    "max": "max({})",
}
_EMPTY_IS_ZERO = {"sum", "count_distinct"}
_SUMMED = {
    "fct_indicator_target": ("agg_indicator_target", "indicators"),
    "fct_indicator_change": ("agg_target_change", "targets"),
    "fct_project_funding": ("agg_project_funding", "1"),
    "fct_quality_finding": ("agg_quality_finding", "findings"),
}
"""Facts that are published counted or added up by year, place and department too: where, and for how many a row stands."""


@dataclass(frozen=True)
class Measure:
    """An aggregate over one published table."""

    name: str
    table: str
    aggregate: str
    expression: str

    @property
    def sql(self) -> str:
        """The aggregate in SQL, over rows of the table."""
        return _AGGREGATES[self.aggregate].format(self.expression)

    def counted_by(self, column: str) -> "Measure":
        """Return the same measure over rows that stand for as many rows of its table as `column` says."""
        if self.aggregate != "sum":
            raise ValueError(f"the measure {self.name} does not add up: it cannot be computed from counted rows")
        return replace(self, expression=f"{column} * ({self.expression})")


@dataclass(frozen=True)
class Metric:
    """A named measure, or a ratio of two of them."""

    name: str
    label_en: str
    label_zh: str
    description_en: str
    description_zh: str
    unit: str
    """count, yuan, share (0 to 1), ratio, score (0 to 100)"""
    measures: tuple[Measure, ...]
    """One, or numerator and denominator."""

    @property
    def tables(self) -> set[str]:
        """The published tables that it is computed from."""
        return {measure.table for measure in self.measures}

    @property
    def sql(self) -> str:
        """The metric over rows of its one table; what is computed from two tables has no such expression."""
        if len(self.tables) > 1:
            raise ValueError(f"{self.name} is computed from {sorted(self.tables)}: no expression over one table")
        return _ratio(*(measure.sql for measure in self.measures))

    def counted_by(self, column: str) -> "Metric":
        """Return the same metric over rows that stand for as many rows of its table as `column` says."""
        return replace(self, measures=tuple(measure.counted_by(column) for measure in self.measures))


@cache
def catalogue() -> dict[str, Metric]:
    """Return all metrics by name, in the order of their file."""
    models = yaml.safe_load((FOLDER / "_semantic_models.yml").read_text("utf-8"))["semantic_models"]
    measures = {measure["name"]: _measure(model, measure) for model in models for measure in model["measures"]}
    defined = {
        metric["name"]: metric for metric in yaml.safe_load((FOLDER / "_metrics.yml").read_text("utf-8"))["metrics"]
    }
    return {name: _metric(metric, defined, measures) for name, metric in defined.items()}


def _measure(model: Mapping[str, Any], measure: Mapping[str, Any]) -> Measure:
    table = model["model"].removeprefix("ref('").removesuffix("')")
    return Measure(measure["name"], table, measure["agg"], measure["expr"])


def _metric(metric: Mapping[str, Any], defined: Mapping[str, Any], measures: Mapping[str, Measure]) -> Metric:
    parameters = metric["type_params"]
    parts = (
        [metric] if metric["type"] == "simple" else [defined[parameters[end]] for end in ("numerator", "denominator")]
    )
    label_en, label_zh = metric["label"].split(" · ")
    description_en, description_zh = metric["description"].split(" · ")
    return Metric(
        metric["name"],
        label_en,
        label_zh,
        description_en,
        description_zh,
        metric["config"]["meta"]["unit"],
        tuple(measures[part["type_params"]["measure"]] for part in parts),
    )


def per_declaration(columns: str = "declaration_key") -> str:
    """Return SQL of a row a declaration: `columns` of it, and of each measure of another table its value, as `of_<measure>`.

    Sums add up over declarations, and a score is the only one of its declaration: whoever asks often asks these instead of
    the facts. NULL where a declaration has no such facts.
    """
    measures = {measure for metric in catalogue().values() for measure in metric.measures}
    facts = sorted({measure.table for measure in measures} - {"fct_declaration"})
    joins = ""
    for table in facts:
        values = ", ".join(f"{m.sql} as of_{m.name}" for m in sorted(measures, key=str) if m.table == table)
        joins += (
            f" left join (select declaration_key, {values} from {table} group by declaration_key) as {table}"
            " using (declaration_key)"
        )
    return f"select {columns}, columns('^of_') from fct_declaration{joins}"


def question(
    names: Iterable[str],
    by: tuple[str, ...] = (),
    chosen: str = "select * from fct_declaration",
    *,
    measured: bool = False,
) -> str:
    """Return SQL whose answer has the columns `by`, which are columns of fct_declaration, and a column a metric.

    `chosen` selects the declarations to compute over, all columns of fct_declaration; its parameters are the caller's.
    Without `by` the answer is one row. `measured` says that `chosen` has the columns of `per_declaration` too.
    """
    metrics = [catalogue()[name] for name in names]
    if measured:
        metrics = [replace(metric, measures=tuple(map(_of_declaration, metric.measures))) for metric in metrics]
    # Their own names for the groups: a fact may have a column of the same name.
    named = "".join(f", {column} as by_{column}" for column in by)
    groups = "".join(f", by_{column}" for column in by)
    parts = [
        f"chosen as (select *{named} from ({chosen}))",
        f"grouped as (select declaration_key{groups} from chosen)",
    ]
    return _answer(
        metrics,
        by,
        lambda table: "chosen" if table == "fct_declaration" else f"{table} join grouped using (declaration_key)",
        parts,
    )


def yearly(names: Iterable[str], years: Sequence[int] = ()) -> str:
    """Return SQL whose answer has a row a fiscal year, and a column a metric over all declarations of the year.

    It says what `question` says by year, without joining any fact to its declaration. `years` may name some.
    """
    metrics = [catalogue()[name] for name in names]
    counted = [replace(metric, measures=tuple(map(_of_summed, metric.measures))) for metric in metrics]
    return _answer(
        counted, ("fiscal_year",), lambda table: f"(select *, fiscal_year as by_fiscal_year from {facts(table, years)})"
    )


def facts(table: str, years: Sequence[int] = ()) -> str:
    """Return SQL of the facts `table` of all declarations, as few rows as there are; each stands for `n` facts.

    Columns are those by which the facts are counted or added up. `years` may name some fiscal years.
    """
    source, n = _SUMMED.get(table, (table, "1"))
    within = f" where fiscal_year in ({', '.join(map(str, map(int, years)))})" if years else ""
    return f"(select *, {n} as n from {source}{within})"


def _answer(metrics: list[Metric], by: tuple[str, ...], rows: Callable[[str], str], parts: Iterable[str] = ()) -> str:
    """Return SQL of `metrics` in groups; `rows` gives for a table SQL of its rows, with a column by_<column> a group."""
    tables = list(dict.fromkeys(measure.table for metric in metrics for measure in metric.measures))
    parts = list(parts)
    for table in tables:
        measures = dict.fromkeys(measure for metric in metrics for measure in metric.measures if measure.table == table)
        columns = ", ".join(
            [*(f"by_{column}" for column in by), *(f"{measure.sql} as {measure.name}" for measure in measures)]
        )
        parts.append(f"of_{table} as (select {columns} from {rows(table)}{_group(by)})")
    using = f"using ({', '.join(f'by_{column}' for column in by)})" if by else "on true"
    joined = f"of_{tables[0]}" + "".join(f" full join of_{table} {using}" for table in tables[1:])
    columns = [f"by_{column} as {column}" for column in by]
    columns += [f"{_ratio(*map(_filled, metric.measures))} as {metric.name}" for metric in metrics]
    return f"with {', '.join(parts)} select {', '.join(columns)} from {joined}"


def _of_summed(measure: Measure) -> Measure:
    """Return the measure over what `facts` gives of its table."""
    return measure.counted_by("n") if measure.table in _SUMMED else measure


def _of_declaration(measure: Measure) -> Measure:
    """Return the measure as one over the column of `per_declaration`."""
    if measure.table == "fct_declaration":
        return measure
    return replace(measure, table="fct_declaration", expression=f"of_{measure.name}")


def _group(by: tuple[str, ...]) -> str:
    return f" group by {', '.join(f'by_{column}' for column in by)}" if by else ""


def _filled(measure: Measure) -> str:
    """Nothing to add up or to count is 0; the mean of nothing is unknown."""
    return f"coalesce({measure.name}, 0)" if measure.aggregate in _EMPTY_IS_ZERO else measure.name


def _ratio(numerator: str, denominator: str | None = None) -> str:
    return numerator if denominator is None else f"1.0 * {numerator} / nullif({denominator}, 0)"
