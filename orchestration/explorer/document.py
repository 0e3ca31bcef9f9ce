"""A document's text around a line, and what was found in it."""

from collections.abc import Mapping

from orchestration.book import Book, Row
from orchestration.explorer import findings
from orchestration.explorer.pages import Asked, Context

LINES = 400
"""Lines of a document on one page."""


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
    on_table = {**key, "of_table": table}
    return {
        "document": found[0],
        "lines": lines,
        "line": line,
        "table": table,
        "first": first,
        "total": total,
        "neighbours": _neighbours(book, key, first, total),
        "declared": _declared(book, lines, table, line),
        "line_findings": findings.by_line(
            findings.read(
                book, "f.document_id = $document_id and f.table_no = $of_table order by r.weight desc", on_table
            )
        ),
    }


def _declared(book: Book, lines: list[Row], table: int, line: int) -> Row | None:
    """Return the declaration that the line asked for belongs to."""
    here = next((one for one in lines if (one["table_no"], one["line_no"]) == (table, line)), None)
    if here is None:
        return None
    found = book.ask(
        "select project_id, declaration_key, project_name from fct_declaration where declaration_key = $declaration_key",
        {"declaration_key": here["declaration_key"]},
    )
    return found[0] if found else None


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


def _integer(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
