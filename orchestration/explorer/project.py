"""A project: its years side by side, its findings, and the source text of the declaration that is looked at."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from markupsafe import Markup, escape

from orchestration import figures, metrics
from orchestration.book import Book, Row
from orchestration.explorer import findings
from orchestration.explorer.pages import Asked, Context

HEADLINES = ("budget", "indicators", "share_measurable", "share_quantified", "findings", "mean_score")


def project(asked: Asked) -> Context | None:
    """Gather a project's declarations, its years side by side, and the source text of the one that is looked at."""
    book, key = asked.book, {"project_id": asked.address["project_id"]}
    declarations = book.ask(
        "select d.*, s.score, s.completeness, s.measurability, s.consistency, r.region_name, x.file_name"
        " from fct_declaration as d left join fct_declaration_score as s using (declaration_key)"
        " left join dim_region as r on d.region_code = r.region_code left join dim_document as x on d.document_id = x.document_id"
        " where d.project_id = $project_id order by d.fiscal_year nulls first, d.form_type, d.declaration_key",
        key,
    )
    if not declarations:
        return None
    keys = [declaration["declaration_key"] for declaration in declarations]
    wanted = asked.address.get("declaration", keys[-1])
    looked_at = declarations[keys.index(wanted)] if wanted in keys else declarations[-1]
    found = findings.read(book, "d.project_id = $project_id order by f.fiscal_year desc, r.weight desc, f.line_no", key)
    of_this = [one for one in found if one["declaration_key"] == looked_at["declaration_key"]]
    others = [one for one in found if one["declaration_key"] != looked_at["declaration_key"]]
    return {
        "declarations": declarations,
        "changes": _changes(declarations),
        "looked_at": looked_at,
        "tiles": _tiles(asked, declarations, looked_at),
        "funding": _funding(book, key, keys),
        "indicator_rows": _indicator_rows(book, key, keys),
        "project_findings": of_this,
        "other_findings": [(year, list(group)) for year, group in groupby(others, itemgetter("fiscal_year"))],
        "line_findings": findings.by_line(of_this),
        "lines": _lines(book, looked_at),
    }


def _tiles(asked: Asked, declarations: list[Row], looked_at: Row) -> list[figures.Tile]:
    """Return the headlines of the declaration that is looked at, beside those of the project's declaration before."""
    question = metrics.question(
        HEADLINES, ("declaration_key",), "select * from fct_declaration where project_id = $project_id"
    )
    rows = asked.book.ask(question, {"project_id": looked_at["project_id"]})
    by_key = {row["declaration_key"]: row for row in rows}
    kin = [one for one in declarations if one["form_type"] == looked_at["form_type"]]
    place = kin.index(looked_at)
    before = kin[place - 1] if place else None
    return figures.tiles(
        asked.display,
        HEADLINES,
        by_key[looked_at["declaration_key"]],
        {**by_key[before["declaration_key"]], "fiscal_year": before["fiscal_year"]} if before else None,
    )


def _changes(declarations: list[Row]) -> list[Decimal | None]:
    """Return by what share each total differs from that of the declaration of the same form before it."""
    changes: list[Decimal | None] = []
    totals: dict[str, Decimal | None] = {}
    for one in declarations:
        before, now = totals.get(one["form_type"]), one["total_yuan"]
        changes.append((now - before) / before if before and now is not None else None)
        totals[one["form_type"]] = now
    return changes


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


def highlighted(text: str, *needles: str | None) -> Markup:
    """Return `text` escaped, each of `needles` in it marked."""
    marked = escape(text)
    for needle in sorted({needle for needle in needles if needle}, key=len, reverse=True):
        escaped = escape(needle)
        marked = Markup(str(marked).replace(str(escaped), f"<mark>{escaped}</mark>", 1))  # noqa: S704  both are escaped
    return marked
