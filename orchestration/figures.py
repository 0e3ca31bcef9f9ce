"""The charts that explorer and report share, each a question to the warehouse and the bars that answer it."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from orchestration import metrics
from orchestration.charts import Bar, Part, chart
from orchestration.display import Display, words

Row = dict[str, Any]
_KINDS = {
    "numeric": "target_kind = 'numeric'",
    "dated": "target_kind in ('deadline', 'milestones')",
    "frequency": "target_kind = 'frequency'",
    "qualitative": "target_kind = 'qualitative'",
    "blank": "target_kind is null",
}
"""Kinds of target as a chart shows them, what can be measured first."""
_AT_ONCE = 2
_FEW = 3
_ENOUGH = 5
"""Indicators that a category needs before a share of them says anything."""


@dataclass(frozen=True)
class Figure:
    """A chart with its title and what to know when reading it."""

    name: str
    note: str
    said: str
    """What it shows, in a sentence; empty where that goes without saying."""
    drawing: Markup


@dataclass(frozen=True)
class Tile:
    """A metric's figure, large."""

    label: str
    figure: str
    meaning: str
    before: str
    """The figure to compare with, and its year; empty where there is none."""


def tiles(
    display: Display, names: Iterable[str], now: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[Tile]:
    """Return the metrics `names` of `now`, each beside that of `before`, which says its fiscal_year."""
    return [
        Tile(
            display.pick(metric.label_zh, metric.label_en),
            display.figure(now.get(name), metric.unit),
            display.pick(metric.description_zh, metric.description_en),
            f"{before['fiscal_year']}: {display.figure(before[name], metric.unit)}" if before else "",
        )
        for name in names
        for metric in [metrics.catalogue()[name]]
    ]


@dataclass(frozen=True)
class Figures:
    """Charts of the declarations that `chosen` selects."""

    display: Display
    ask: Callable[[str], list[Row]]
    """Answers a question to the release, the parameters of `chosen` included."""
    chosen: str
    """SQL: all columns of the declarations to show."""
    address: Callable[..., str]
    """Gives the query string of the page with one more filter; links lead there. Of a report: nothing."""
    every_year: str = ""
    """SQL: the declarations of all years, for what is shown year by year; empty: `chosen`."""
    year: int | None = None
    """The year that is looked at, to be told from the others."""
    measured: bool = False
    """Whether `chosen` and `every_year` have the columns of metrics.per_declaration."""
    whole: bool = False
    """Whether `chosen` is all declarations of `year`, and `every_year` all there are: their facts are counted already."""

    def all(self) -> list[Figure]:
        """Return the charts of an overview."""
        charts = (self.departments, self.sources, self.measurable, self.findings, self.years, self.changes)
        # One short question seldom keeps every processor busy.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda chart: chart(), charts))

    def departments(self) -> Figure:
        """Where the money goes."""
        question = metrics.question(("budget", "declarations"), ("department_name",), self.chosen)
        rows = self.ask(
            f"select *, sum(budget) over () as whole, count(*) over () as departments from ({question})"
            " where budget > 0 order by budget desc, 1 limit 12"
        )
        unknown = self.display.word("unknown")
        bars = [
            self._bar(row["department_name"] or unknown, row["budget"], row["whole"], department=row["department_name"])
            for row in rows
        ]
        said = ""
        if len(rows) > _FEW:
            first = sum(row["budget"] for row in rows[:_FEW]) / rows[0]["whole"]
            said = self.display.word(
                "where_money_goes_said", few=_FEW, all=rows[0]["departments"], share=self.display.share(first)
            )
        return self._figure("where_money_goes", bars, said=said)

    def sources(self) -> Figure:
        """Where the money comes from."""
        rows = self.ask(
            "with funded as (select funding_source, sum(amount_yuan) as funding"
            f" from {self._facts('fct_project_funding')} group by all having funding > 0)"
            " select s.funding_source, s.name_zh, s.name_en, f.funding, sum(f.funding) over () as whole"
            " from funded as f inner join dim_funding_source as s using (funding_source) order by f.funding desc, 1"
        )
        pick = self.display.pick
        bars = [
            self._bar(pick(r["name_zh"], r["name_en"]), r["funding"], r["whole"], source=r["funding_source"])
            for r in rows
        ]
        return self._figure("money_by_source", bars)

    def years(self) -> Figure:
        """The budget of each year."""
        question = self._by_year("budget", "declarations")
        rows = self.ask(f"select * from ({question}) where fiscal_year is not null order by fiscal_year desc limit 12")
        bars = []
        for row, before in zip_longest(rows, rows[1:]):
            shown = self.display.money(row["budget"])
            if before and before["budget"]:
                shown += f" {self.display.change(row['budget'] / before['budget'] - 1)}"
            year = row["fiscal_year"]
            part = Part("money" if self.year in (None, year) else "other", float(row["budget"]), f"{year} {shown}")
            bars.append(Bar(str(year), shown, (part,), self._href("projects", year=year)))
        return self._figure("budget_by_year", bars)

    def measurable(self) -> Figure:
        """What share of each category can be measured."""
        counted = ", ".join(f"sum(if({condition}, n, 0)) as {name}" for name, condition in _KINDS.items())
        rows = self.ask(
            "with counted as (select category_key, target_kind, sum(n) as n"
            f" from {self._facts('fct_indicator_target')} group by all)"
            f" select c.harmonised_level1, c.harmonised_level2, sum(i.n)::bigint as n, {counted}"
            " from counted as i left join dim_indicator_category as c using (category_key)"
            " group by all order by 1 nulls last, n desc, 2 limit 16"
        )
        word = self.display.word
        bars = []
        for row in rows:
            parts = tuple(Part(name, row[name], f"{word(name)} {row[name]}") for name in _KINDS if row[name])
            share = 1 - (row["qualitative"] + row["blank"]) / row["n"]
            label = word(row["harmonised_level2"] or row["harmonised_level1"] or "unknown")
            shown = f"{self.display.share(share)} / {self.display.number(row['n'])}"
            bars.append(Bar(label, shown, parts, self._href("indicators", category=row["harmonised_level2"])))
        return self._figure("what_can_be_measured", bars, tuple(_KINDS), self._measured(rows))

    def _measured(self, rows: list[Row]) -> str:
        """Return which category can be measured least, where it has enough indicators to say so."""
        shares = [
            (1 - (row["qualitative"] + row["blank"]) / row["n"], row["n"], row["harmonised_level2"])
            for row in rows
            if row["harmonised_level2"]
        ]
        share, count, category = min(shares, default=(1, 0, ""))
        # A sentence that skipped a shorter bar would contradict the chart.
        if len(shares) < 2 or count < _ENOUGH or share == 1:
            return ""
        word = self.display.word
        return word("what_can_be_measured_said", category=word(category), share=self.display.share(share))

    def findings(self) -> Figure:
        """The rules that were hit most."""
        rows = self.ask(
            "select r.rule_id, r.severity, r.title_zh, r.title_en, f.n from"
            f" (select rule_id, sum(n) as n from {self._facts('fct_quality_finding')} group by 1) as f"
            " inner join dim_quality_rule as r using (rule_id) order by r.weight desc, f.n desc, 1 limit 12"
        )
        bars = []
        for row in rows:
            title = self.display.pick(row["title_zh"], row["title_en"])
            severity = self.display.word(row["severity"])
            part = Part(row["severity"], row["n"], f"{severity} {row['n']}")
            bars.append(
                Bar(
                    f"{row['rule_id']} {title}",
                    self.display.number(row["n"]),
                    (part,),
                    self._href("findings", rule=row["rule_id"]),
                )
            )
        return self._figure("most_findings", bars)

    def changes(self) -> Figure:
        """What became of the targets that can be compared with the year before."""
        question = self._by_year("targets_tightened", "targets_loosened", "targets_compared")
        rows = self.ask(f"select * from ({question}) where targets_compared > 0 order by fiscal_year desc limit 12")
        word = self.display.word
        bars = []
        for row in rows:
            counts = {"loosened": row["targets_loosened"], "tightened": row["targets_tightened"]}
            counts["unchanged"] = row["targets_compared"] - sum(counts.values())
            parts = tuple(Part(name, int(n), f"{word(name)} {n}") for name, n in counts.items() if n)
            shown = f"{word('loosened')} {self.display.share(counts['loosened'] / row['targets_compared'])}"
            bars.append(Bar(str(row["fiscal_year"]), shown, parts, self._href("changes", year=row["fiscal_year"])))
        return self._figure("what_was_loosened", bars, ("loosened", "tightened", "unchanged"))

    def loosened(self, most: int = 8) -> list[Row]:
        """Return targets that were loosened, those of the largest declarations first."""
        return self.ask(
            f"with chosen as ({self.chosen}) select d.project_id, d.declaration_key, d.project_name, d.department_name,"
            " x.fiscal_year, x.previous_fiscal_year, x.content, x.previous_value_raw, x.value_raw"
            " from chosen as d inner join fct_indicator_change as x using (declaration_key)"
            " where x.target_change = 'loosened'"
            f" order by x.fiscal_year desc, d.total_yuan desc nulls last, x.indicator_key limit {int(most)}"
        )

    def largest_projects(self, most: int = 8) -> list[Row]:
        """Return the declarations with the most money."""
        return self.ask(
            "select project_id, declaration_key, project_name, department_name, fiscal_year, total_yuan"
            f" from ({self.chosen}) where total_yuan is not null"
            f" order by total_yuan desc, declaration_key limit {int(most)}"
        )

    def _facts(self, table: str) -> str:
        """Return SQL of the facts of the declarations, each row for `n` of them."""
        if self.whole:
            return metrics.facts(table, [] if self.year is None else [self.year])
        return f"(select *, 1 as n from {table} where declaration_key in (select declaration_key from ({self.chosen})))"

    def _by_year(self, *names: str) -> str:
        """Return SQL of metrics by fiscal year, whatever year is looked at."""
        if self.whole:
            return metrics.yearly(names)
        chosen = self.every_year or self.chosen
        return metrics.question(names, ("fiscal_year",), chosen, measured=self.measured)

    def _bar(self, label: str, yuan: Decimal, whole: Decimal, **filters: Any) -> Bar:
        shown = f"{self.display.money(yuan)} · {self.display.share(yuan / whole)}"
        return Bar(label, shown, (Part("money", float(yuan), f"{label} {shown}"),), self._href("projects", **filters))

    def _href(self, page: str, **filters: Any) -> str:
        address = self.address(**filters)
        return f"/{page}?{address}" if address else ""

    def _figure(self, name: str, bars: list[Bar], parts: tuple[str, ...] = (), said: str = "") -> Figure:
        word = self.display.word
        note = word(f"{name}_note") if f"{name}_note" in words() else ""
        legend = {part: word(part) for part in parts}
        return Figure(word(name), note, said, chart(word(name), bars, legend) if bars else Markup(""))
