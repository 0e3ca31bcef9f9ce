"""The findings of a project or a document, with the cells that make up each hit."""

import json
from collections.abc import Mapping
from typing import Any

from orchestration.book import Book, Row


def read(book: Book, where: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Return the findings that `where` (which may order them) leaves of f finding, r rule, d declaration."""
    found = book.ask(
        "select f.*, r.title_zh, r.title_en, r.remedy_zh, r.remedy_en from fct_quality_finding as f"
        " inner join dim_quality_rule as r using (rule_id) inner join fct_declaration as d using (declaration_key)"
        f" where {where}",
        parameters,
    )
    return [{**row, "cells": _evidence(row["evidence"])} for row in found]


def by_line(findings: list[Row]) -> dict[int, list[Row]]:
    """Return findings by the line that they are about."""
    lines: dict[int, list[Row]] = {}
    for finding in findings:
        lines.setdefault(finding["line_no"], []).append(finding)
    return lines


def _evidence(text: str | None) -> list[tuple[str, str]]:
    """Return the cells that make up a hit: evidence is a JSON object, or a sentence."""
    try:
        cells = json.loads(text or "{}")
    except ValueError:
        return [("", text or "")]
    return [(name, str(value)) for name, value in cells.items()] if isinstance(cells, dict) else [("", str(cells))]
