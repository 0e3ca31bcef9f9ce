"""What each page of the explorer shows: questions to the release, gathered into what its template needs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from orchestration import figures, metrics
from orchestration.book import Book, Row
from orchestration.display import Display
from orchestration.explorer import listing
from orchestration.explorer.filters import Filters

HEADLINES = (
    "declarations", "projects", "budget", "indicators", "share_measurable", "share_quantified",
    "findings_per_declaration", "errors", "mean_score",
)  # fmt: skip
LINES = 400
"""Lines of a document on one page."""


@dataclass(frozen=True)
class Asked:
    """One request: the release, the language, the filters, and what else the address says."""

    book: Book
    display: Display
    filters: Filters
    address: Mapping[str, str]


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
    answers["form"] = [(value, display.word(label)) for value, label in answers["form"]]
    answers["severity"] = [(severity, display.word(severity)) for severity in ("error", "warning", "info")]
    return answers


def overview(asked: Asked) -> Context:
    """Gather the headlines and the charts of the declarations that the filters leave."""
    display, chosen = asked.display, asked.filters.chosen()
    with asked.book.picked(chosen.sql, chosen.parameters) as ask:
        picked = "select * from picked"
        headline = ask(metrics.question(HEADLINES, chosen=picked))[0]
        drawn = figures.Figures(display, ask, picked, asked.filters.address)
        context = {"charts": drawn.all(), "loosened": drawn.loosened(), "largest": drawn.largest_projects()}
    context["tiles"] = [
        (display.pick(metric.label_zh, metric.label_en), display.figure(headline[name], metric.unit),
         display.pick(metric.description_zh, metric.description_en))
        for name in HEADLINES for metric in [metrics.catalogue()[name]]
    ]  # fmt: skip
    return context


def listed(asked: Asked) -> Context | None:
    """Gather one page of a list."""
    found = listing.listings().get(asked.address["name"])
    if found is None:
        return None
    sort = asked.address.get("sort", "")
    number = int(asked.address["page"]) if asked.address.get("page", "").isdecimal() else 1
    page = listing.page(asked.book, found, asked.filters, sort, number)
    columns = {name: column for name, column in found.columns.items() if column.shown in ("", asked.display.language)}
    return {"listing": found, "columns": columns, "page": page, "sort": sort}


def project(asked: Asked) -> Context | None:
    """Gather a project's declarations, its years side by side, and the source text of the one that is looked at."""
    book, key = asked.book, {"project_id": asked.address["project_id"]}
    declarations = book.ask(
        "select d.*, s.score, s.completeness, s.measurability, s.consistency, r.region_name, x.file_name"
        " from fct_declaration as d left join fct_declaration_score as s using (declaration_key)"
        " left join dim_region as r using (region_code) left join dim_document as x on d.document_id = x.document_id"
        " where d.project_id = $project_id order by d.fiscal_year nulls first, d.form_type, d.declaration_key",
        key,
    )
    if not declarations:
        return None
    keys = [declaration["declaration_key"] for declaration in declarations]
    wanted = asked.address.get("declaration", keys[-1])
    looked_at = declarations[keys.index(wanted)] if wanted in keys else declarations[-1]
    return {
        "declarations": declarations,
        "looked_at": looked_at,
        "funding": _funding(book, key, keys),
        "indicator_rows": _indicator_rows(book, key, keys),
        "project_findings": _findings(
            book, "d.project_id = $project_id order by f.fiscal_year desc, r.weight desc, f.line_no", key
        ),
        "lines": _lines(book, looked_at),
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
    drawn = figures.Figures(asked.display, lambda sql: asked.book.ask(sql, key), chosen, asked.filters.address)
    projects = asked.book.ask(
        "select d.project_id, max_by(d.project_name, d.fiscal_year) as project_name,"
        " list(d.fiscal_year order by d.fiscal_year) as years,"
        " max_by(d.total_yuan, d.fiscal_year) as total_yuan, sum(s.rules_hit) as rules_hit, avg(s.score) as score"
        " from fct_declaration as d left join fct_declaration_score as s using (declaration_key)"
        " where d.department_id = $department_id group by d.project_id order by total_yuan desc nulls last limit 200",
        key,
    )
    shown = [metrics.catalogue()[name] for name in names]
    return {
        "head": head,
        "years": years,
        "shown": shown,
        "department_projects": projects,
        "charts": [drawn.measurable(), drawn.findings()],
    }


def document(asked: Asked) -> Context | None:
    """Gather a page of a document's text around the line that is asked for."""
    book = asked.book
    key = {"document_id": asked.address["document_id"]}
    found = book.ask("select * from dim_document where document_id = $document_id", key)
    if not found:
        return None
    table, line = (_integer(asked.address.get(name)) for name in ("table", "line"))
    total = book.one("select count(*) as n from source_line where document_id = $document_id", key)["n"]
    place = book.one(
        "select count(*) as n from source_line where document_id = $document_id"
        " and (table_no, line_no) < ($of_table, $of_line)",
        {**key, "of_table": table, "of_line": line},
    )["n"]
    first = place // LINES * LINES
    lines = book.ask(
        "select table_no, line_no, place, raw_text, disposition, declaration_key from source_line"
        " where document_id = $document_id order by table_no, line_no limit $page_limit offset $page_offset",
        {**key, "page_limit": LINES, "page_offset": first},
    )
    return {
        "document": found[0],
        "lines": lines,
        "line": line,
        "table": table,
        "first": first,
        "total": total,
        "neighbours": _neighbours(book, key, first, total),
        "line_findings": _by_line(
            _findings(
                book,
                "f.document_id = $document_id and f.table_no = $of_table order by r.weight desc",
                {**key, "of_table": table},
            )
        ),
    }


def rules(asked: Asked) -> Context:
    """Gather the quality rules, and what came of each."""
    outcomes = (
        "select r.*, count(o.declaration_key) filter (where o.outcome = 'hit') as hit,"
        " count(o.declaration_key) filter (where o.outcome = 'passed') as passed"
        " from dim_quality_rule as r left join fct_rule_outcome as o using (rule_id)"
        " group by all order by r.weight desc, r.rule_id"
    )
    return {"quality_rules": asked.book.ask(outcomes)}


def about(asked: Asked) -> Context:
    """Gather what the release was made of."""
    book = asked.book
    counts = book.ask("select table_name, estimated_size as n from duckdb_tables() where not internal order by all")
    documents = book.ask("select * from dim_document order by fiscal_year desc nulls last, file_name limit 500")
    unread = book.ask(
        "select q.*, x.file_name from quarantine as q left join dim_document as x using (document_id)"
        " order by x.file_name, q.table_no, q.line_start limit 200"
    )
    return {
        "tables": counts,
        "documents": documents,
        "unread": unread,
        "built": book.one("select built_at from release")["built_at"],
        "catalogue": metrics.catalogue().values(),
    }


def _funding(book: Book, key: Mapping[str, str], keys: list[str]) -> list[tuple[Row, list[Row | None]]]:
    """Return the printed funding sources, each with its amount in every declaration, None where it is not printed."""
    rows = book.ask(
        "select f.*, s.name_zh, s.name_en from fct_project_funding as f"
        " inner join dim_funding_source as s using (funding_source)"
        " inner join fct_declaration as d using (declaration_key)"
        " where d.project_id = $project_id order by s.sort_order",
        key,
    )
    sources = {row["funding_source"]: row for row in rows}
    amounts = {(row["funding_source"], row["declaration_key"]): row for row in rows}
    return [(source, [amounts.get((name, one)) for one in keys]) for name, source in sources.items()]


def _indicator_rows(book: Book, key: Mapping[str, str], keys: list[str]) -> list[list[Row | None]]:
    """Return a row an indicator: its cell in each declaration, None where it is not declared.

    Indicators of different years share a row where the warehouse has matched them (fct_indicator_change).
    """
    indicators = book.ask(
        "select i.*, c.harmonised_level2, m.actual_raw, m.score as actual_score, x.previous_indicator_key,"
        " coalesce(x.target_change, x.match_kind) as change, l.raw_text"
        " from fct_indicator_target as i inner join fct_declaration as d using (declaration_key)"
        " left join dim_indicator_category as c on i.category_key = c.category_key"
        " left join fct_indicator_result as m on i.indicator_key = m.indicator_key"
        " left join fct_indicator_change as x on i.indicator_key = x.indicator_key"
        " left join source_line as l"
        " on i.document_id = l.document_id and i.table_no = l.table_no and i.line_no = l.line_no"
        " where d.project_id = $project_id order by d.fiscal_year nulls first, d.form_type, i.indicator_no",
        key,
    )
    places: dict[str, int] = {}
    rows: list[list[Row | None]] = []
    for indicator in indicators:
        column = keys.index(indicator["declaration_key"])
        place = places.get(indicator["previous_indicator_key"] or "", -1)
        if place < 0 or rows[place][column] is not None:
            rows.append([None] * len(keys))
            place = len(rows) - 1
        places[indicator["indicator_key"]] = place
        rows[place][column] = indicator
    return rows


def _findings(book: Book, where: str, parameters: Mapping[str, Any]) -> list[Row]:
    found = book.ask(
        "select f.*, r.title_zh, r.title_en, r.remedy_zh, r.remedy_en from fct_quality_finding as f"
        " inner join dim_quality_rule as r using (rule_id) inner join fct_declaration as d using (declaration_key)"
        f" where {where}",
        parameters,
    )
    return [{**row, "cells": _evidence(row["evidence"])} for row in found]


def _evidence(text: str | None) -> list[tuple[str, str]]:
    """Return the cells that make up a hit: evidence is a JSON object, or a sentence."""
    try:
        cells = json.loads(text or "{}")
    except ValueError:
        return [("", text or "")]
    return [(name, str(value)) for name, value in cells.items()] if isinstance(cells, dict) else [("", str(cells))]


def _by_line(findings: list[Row]) -> dict[int, list[Row]]:
    lines: dict[int, list[Row]] = {}
    for finding in findings:
        lines.setdefault(finding["line_no"], []).append(finding)
    return lines


def _lines(book: Book, declaration: Row) -> list[Row]:
    """Return the source lines of a declaration, with the indicator that each holds."""
    return book.ask(
        "select l.table_no, l.line_no, l.place, l.raw_text, l.disposition, i.indicator_no, i.content, i.value_raw"
        " from source_line as l left join fct_indicator_target as i"
        " on l.document_id = i.document_id and l.table_no = i.table_no and l.line_no = i.line_no"
        " where l.document_id = $document_id and l.version_key = $version_key"
        " order by l.table_no, l.line_no, i.indicator_no limit 1000",
        {name: declaration[name] for name in ("document_id", "version_key")},
    )


def _neighbours(book: Book, key: Mapping[str, str], first: int, total: int) -> list[Row | None]:
    """Return the first line of the page before and of the page after."""
    found: list[Row | None] = []
    for offset in (first - LINES, first + LINES):
        rows = (
            []
            if offset < 0 or offset >= total
            else book.ask(
                "select table_no, line_no from source_line where document_id = $document_id"
                " order by table_no, line_no limit 1 offset $page_offset",
                {**key, "page_offset": offset},
            )
        )
        found.append(rows[0] if rows else None)
    return found


def highlighted(text: str, *needles: str | None) -> Markup:
    """Return `text` escaped, each of `needles` in it marked."""
    marked = escape(text)
    for needle in sorted({needle for needle in needles if needle}, key=len, reverse=True):
        escaped = escape(needle)
        marked = Markup(str(marked).replace(str(escaped), f"<mark>{escaped}</mark>", 1))  # noqa: S704  both are escaped
    return marked


def _integer(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
