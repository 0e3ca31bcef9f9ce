"""The pages that a release carries: its dictionary, and what changed against the release before; each one file, offline."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration import metrics
from orchestration.dictionary import Table

DICTIONARY = "dictionary.html"
_HERE = Path(__file__).parent
_HEAD = (
    "table",
    "column",
    "type",
    "key",
    "filled",
    "meaning_en",
    "meaning_zh",
    "values",
    "refers_to",
    "printed_labels",
)


def dictionary(folder: Path, tables: Mapping[str, Table], manifest: Mapping[str, Any]) -> None:
    """Write `dictionary.html` and `dictionary.csv`, a row a column, into the release in `folder`."""
    shown = {name: table for name, table in sorted(tables.items()) if name in manifest["rows"]}
    page = _render(
        "dictionary.html.j2",
        tables=shown,
        rows=manifest["rows"],
        release_id=manifest["release_id"],
        metrics=metrics.catalogue(),
    )
    (folder / DICTIONARY).write_text(page, "utf-8")
    with (folder / "dictionary.csv").open("w", encoding="utf-8-sig", newline="") as file:  # Excel reads UTF-8 so only
        writer = csv.writer(file)
        writer.writerow(_HEAD)
        writer.writerows(row for name, table in shown.items() for row in _rows(name, table))


def _rows(name: str, table: Table) -> list[tuple[str, ...]]:
    return [
        (
            name,
            column,
            meaning.data_type,
            "key" if column in table.key else "",
            "always" if meaning.is_filled else "",
            meaning.en,
            meaning.zh,
            # A value such as = or >= is no formula.
            " | ".join(f"'{value}" if value[0] in "=+-@" else value for value in meaning.values),
            table.refers.get(column, ""),
            " | ".join(meaning.labels),
        )
        for column, meaning in table.columns.items()
    ]


def changes(file: Path, changes: Mapping[str, Any], before: str | None, after: str) -> None:
    """Write what `compare.releases` found between the releases `before` and `after`."""
    file.write_text(_render("changes.html.j2", changes=changes, before=before, after=after), "utf-8")


def _render(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (_HERE / "page.css").read_text("utf-8")
    return environment.get_template(template).render(style=style, **values)
