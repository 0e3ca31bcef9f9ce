"""What each page of the explorer shows: questions to the release, gathered into what its template needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration import figures, metrics, unread
from orchestration.book import Ask, Book, Row
from orchestration.display import Display
from orchestration.explorer import listing, snippets
from orchestration.explorer.filters import Filters

HEADLINES = (
    "declarations", "projects", "budget", "indicators", "share_measurable", "share_quantified",
    "findings_per_declaration", "errors", "mean_score",
)  # fmt: skip


_NAMED = {"project": ("project_id", "project_name"), "department_id": ("department_id", "department_name")}
"""Filters by a key: its column, and the one that people read."""
_LABELS = {"q": "search", "department_id": "department"}


@dataclass(frozen=True)
class Asked:
    """One request: the release, the language, the filters, and what else the address says."""

    book: Book
    display: Display
    filters: Filters
    address: Mapping[str, str]


@dataclass(frozen=True)
class Chip:
    """A filter that is set."""

    name: str
    value: str
    without: str
    """The query string that drops it."""


Context = dict[str, Any]
Gather = Callable[[Asked], Context | None]
"""Gathers what a template needs; None where there is no such record."""


def options(book: Book, display: Display) -> dict[str, list[tuple[str, str]]]:
    """Return what can be chosen in each filter: value and label."""
    name = f"name_{display.language}"
    title = f"title_{display.language}"
    found = {
        "year": "distinct fiscal_year as value, fiscal_year as label from fct_declaration where fiscal_year is not null"
        " order by 1 desc",
        "region": "region_code as value, region_name as label from dim_region where region_code in"
        " (select region_code from fct_declaration) order by 1",
        "department": "department_name as value, department_name as label from fct_declaration"
        " where department_name is not null group by all order by sum(total_yuan) desc nulls last, 1 limit 200",
        "attribute": "project_attribute as value, project_attribute as label from fct_declaration"
        " where project_attribute is not null group by all order by count(*) desc, 1 limit 50",
        "form": "form_type as value, form_type as label from fct_declaration group by all order by count(*) desc, 1",
        "source": f"funding_source as value, {name} as label from dim_funding_source order by sort_order",
        "category": "distinct harmonised_level2 as value, harmonised_level2 as label from dim_indicator_category"
        " where harmonised_level2 is not null order by 1",
        "rule": f"rule_id as value, rule_id || ' ' || {title} as label from dim_quality_rule"
        " where rule_id in (select rule_id from fct_quality_finding) order by 1",
    }
    answers = {
        key: [(str(row["value"]), str(row["label"])) for row in book.ask(f"select {question}")]
        for key, question in found.items()
    }
    for key in ("attribute", "form", "category"):
        answers[key] = [(value, display.word(label)) for value, label in answers[key]]
    answers["severity"] = [(severity, display.word(severity)) for severity in ("error", "warning", "info")]
    return answers


def chips(book: Book, display: Display, filters: Filters, offered: Mapping[str, list[tuple[str, str]]]) -> list[Chip]:
    """Return the filters that are set, as people read them."""
    shown: list[Chip] = []
    for name, value in filters.values.items():
        label = dict(offered.get(name, [])).get(value, value)
        if name in _NAMED:
            key, shown_by = _NAMED[name]
            named = (
                f"select max_by({shown_by}, coalesce(fiscal_year, 0)) as name from fct_declaration where {key} = $id"
            )
            label = book.one(named, {"id": value})["name"] or value
        shown.append(Chip(display.word(_LABELS.get(name, name)), label, filters.address(**{name: None})))
    return shown


def overview(asked: Asked) -> Context:
    """Gather the headlines and the charts of the declarations that the filters leave."""
    display, year = asked.display, asked.filters.year
    every = asked.filters.chosen(but=frozenset({"year"}))
    picked = "select * from picked"
    chosen = f"{picked} where fiscal_year = {year}" if year else picked
    with asked.book.picked(every.sql, every.parameters, measured=True) as ask:
        drawn = figures.Figures(display, ask, chosen, asked.filters.address, picked, year, measured=True)
        return {
            "tiles": figures.tiles(display, HEADLINES, *_headlines(ask, picked, year)),
            "charts": drawn.all(),
            "loosened": drawn.loosened(),
            "largest": drawn.largest_projects(),
        }


def _headlines(ask: Ask, picked: str, year: int | None) -> tuple[Row, Row | None]:
    """Return the headlines, and those of the year before where one year is looked at."""
    if year is None:
        return ask(metrics.question(HEADLINES, chosen=picked, measured=True))[0], None
    two = f"{picked} where fiscal_year in ({year}, {year - 1})"
    years = {row["fiscal_year"]: row for row in ask(metrics.question(HEADLINES, ("fiscal_year",), two, measured=True))}
    nothing = f"{picked} where false"
    return years.get(year) or ask(metrics.question(HEADLINES, chosen=nothing, measured=True))[0], years.get(year - 1)


def listed(asked: Asked) -> Context | None:
    """Gather one page of a list."""
    found = listing.listings().get(asked.address["name"])
    if found is None:
        return None
    sort = asked.address.get("sort", "")
    number = int(asked.address["page"]) if asked.address.get("page", "").isdecimal() else 1
    page = listing.page(asked.book, found, asked.filters, sort, number)
    columns = {name: column for name, column in found.columns.items() if column.shown in ("", asked.display.language)}
    words = asked.filters.words
    in_texts = snippets.of(asked.book, page.rows, words) if words and "q" not in found.narrow else {}
    return {
        "listing": found,
        "columns": columns,
        "page": page,
        "sort": sort,
        "marked": lambda text: snippets.marked(text, words),
        "snippets": in_texts,
    }


def department(asked: Asked) -> Context | None:
    """Gather a department's years, projects and findings."""
    key = {"department_id": asked.address["department_id"]}
    chosen = "select * from fct_declaration where department_id = $department_id"
    names = (
        "declarations",
        "projects",
        "budget",
        "indicators",
        "share_measurable",
        "findings_per_declaration",
        "mean_score",
    )
    years = asked.book.ask(metrics.question(names, ("fiscal_year",), chosen) + " order by fiscal_year nulls first", key)
    if not years:
        return None
    head = asked.book.one(
        "select d.department_name, d.department_code, r.region_name from fct_declaration as d"
        " left join dim_region as r using (region_code)"
        " where department_id = $department_id order by fiscal_year desc nulls last limit 1",
        key,
    )
    drawn = figures.Figures(
        asked.display,
        lambda sql: asked.book.ask(sql, key),
        chosen,
        lambda **filters: asked.filters.address(**key, **filters),
    )
    projects = asked.book.ask(
        "select d.project_id, max_by(d.project_name, coalesce(d.fiscal_year, 0)) as project_name,"
        " list(d.fiscal_year order by d.fiscal_year) as years,"
        " max_by(d.total_yuan, coalesce(d.fiscal_year, 0)) as total_yuan, sum(s.rules_hit) as rules_hit, avg(s.score) as score"
        " from fct_declaration as d left join fct_declaration_score as s using (declaration_key)"
        " where d.department_id = $department_id group by d.project_id order by total_yuan desc nulls last limit 200",
        key,
    )
    shown = [metrics.catalogue()[name] for name in names]
    return {
        "head": head,
        **key,
        "years": years,
        "shown": shown,
        "department_projects": projects,
        "charts": [drawn.years(), drawn.changes(), drawn.measurable(), drawn.findings()],
    }


def rules(asked: Asked) -> Context:
    """Gather the quality rules, and what came of each."""
    outcomes = (
        "with outcomes as (select rule_id, count(*) filter (where outcome = 'hit') as hit,"
        " count(*) filter (where outcome = 'passed') as passed from fct_rule_outcome group by rule_id)"
        " select r.*, coalesce(o.hit, 0) as hit, coalesce(o.passed, 0) as passed"
        " from dim_quality_rule as r left join outcomes as o using (rule_id) order by r.weight desc, r.rule_id"
    )
    return {"quality_rules": asked.book.ask(outcomes)}


def about(asked: Asked) -> Context:
    """Gather what the release was made of."""
    book = asked.book
    documents = book.ask("select * from dim_document order by fiscal_year desc nulls last, file_name limit 500")
    passages = book.ask(f"{unread.OPEN} order by file_name, table_no, line_start limit 200")
    return {
        # DuckDB's own estimate counts rows that were deleted too.
        "tables": sorted(book.release.manifest["rows"].items()),
        "documents": documents,
        "unread": passages,
        "built": book.one("select built_at from release")["built_at"],
        "catalogue": metrics.catalogue().values(),
    }
