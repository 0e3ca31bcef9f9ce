"""Golden forms: a document as it comes from a reader, and what a careful officer reads in it (tests/golden/forms)."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from ingest.parse import parse
from ingest.readers.text import read_texts
from ingest.schema import LINES

FOLDER = Path(__file__).parent.parent / "golden" / "forms"
BREAK = "⏎"
"""A line break inside a cell, in `.rows` files."""

FORM_CELLS = (
    "project_name",
    "project_code",
    "unit_code",
    "unit_name",
    "department_code",
    "department_name",
    "project_attribute",
    "total_yuan",
    "whole_project_total_yuan",
    "annual_goal",
    "whole_project_goal",
    "goal_result",
)
"""Cells of a form that must be blank where the golden file does not name them."""

DEFAULTS: dict[str, Any] = {"scope": "annual"}
MONEY = ("initial_budget_yuan", "adjusted_budget_yuan", "executed_yuan")
NUMBERS = (*MONEY, "execution_rate", "weight", "score")


@dataclass(frozen=True)
class Golden:
    """A document's lines, its year by folder (if any), and what is to be read of it."""

    name: str
    lines: pl.DataFrame
    expected: dict[str, Any]

    def read(self) -> dict[str, pl.DataFrame]:
        """Parse the document alone."""
        return parse(self.lines, documents([self]))


def names() -> list[str]:
    """Return the names of all golden forms."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def golden(name: str) -> Golden:
    """Load one golden form: `<name>.txt` as a text file, or `<name>.rows` as the rows of tables."""
    expected = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    text = FOLDER / f"{name}.txt"
    if text.exists():
        return Golden(name, read_texts([(name, text.read_bytes())]).lines, expected)
    return Golden(name, rows(name, (FOLDER / f"{name}.rows").read_text(encoding="utf-8")), expected)


def rows(name: str, text: str) -> pl.DataFrame:
    """Return LINES of a `.rows` file: cells parted by tabs; `--- table` and `--- text` begin a table or paragraphs."""
    found: list[tuple[int, str]] = []
    table, current = 0, 0
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("--- "):
            table += line == "--- table"
            current = table if line == "--- table" else 0
        else:
            found.append((current, line.replace(BREAK, "\n")))
    numbers: dict[int, int] = {}
    records = []
    for number, raw in found:
        numbers[number] = numbers.get(number, 0) + 1
        place = f"table {number} row {numbers[number]}" if number else f"paragraph {numbers[number]}"
        records.append((name, numbers[number], number, place, "tab", raw))
    return pl.DataFrame(records, schema=LINES, orient="row")


def documents(goldens: list[Golden]) -> pl.DataFrame:
    """Return the documents' table that `parse` asks for."""
    return pl.DataFrame(
        [
            (
                one.name,
                one.expected.get("folder_year"),
                "folder" if "folder_year" in one.expected else None,
                one.expected.get("folder_region"),
            )
            for one in goldens
        ],
        schema={
            "document_id": pl.String,
            "fiscal_year": pl.Int32,
            "fiscal_year_from": pl.String,
            "folder_region": pl.String,
        },
        orient="row",
    )


def differences(one: Golden, tables: dict[str, pl.DataFrame]) -> list[str]:
    """Compare all cells that the golden file names with what was read; all mismatches at once."""
    mine = {name: frame.filter(pl.col("document_id") == one.name) for name, frame in tables.items()}
    wrong: list[str] = []
    expected, forms = one.expected.get("forms") or [], mine["form"].to_dicts()
    if len(expected) != len(forms):
        wrong.append(f"forms: expected {len(expected)}, read {[form['project_name'] for form in forms]}")
    for wanted, form in zip(expected, forms, strict=False):
        number = form["form_no"]
        where = f"form {number}"
        blank = dict.fromkeys(FORM_CELLS)
        fields = {k: v for k, v in wanted.items() if k not in {"funding", "funding_whole", "indicators", "execution"}}
        for name, value in {**blank, **fields}.items():
            _compare(wrong, f"{where} {name}", value, form[name])
        for key, scope in (("funding", "annual"), ("funding_whole", "whole_project")):
            read = mine["funding"].filter(pl.col("form_no") == number, pl.col("scope") == scope)
            _compare_maps(
                wrong,
                f"{where} {key}",
                wanted.get(key) or {},
                [(r["funding_source"], r["amount_yuan"]) for r in read.to_dicts()],
            )
        for key, table in (("indicators", "indicator"), ("execution", "execution")):
            read = mine[table].filter(pl.col("form_no") == number).to_dicts()
            _compare_tables(wrong, f"{where} {key}", _table(wanted.get(key)), read)
    read_quarantine = [[q["line_start"], q["line_end"], q["reason"]] for q in mine["quarantine"].to_dicts()]
    _compare(wrong, "quarantine", one.expected.get("quarantine") or [], read_quarantine)
    notices = sorted({n["code"] for n in mine["notice"].to_dicts()})
    _compare(
        wrong,
        "notices",
        sorted(one.expected.get("notices") or []),
        [code for code in notices if code != "number_not_understood"],
    )
    if "dispositions" in one.expected:
        _compare(
            wrong, "dispositions", one.expected["dispositions"], mine["source_line"].get_column("disposition").to_list()
        )
    return wrong


def targets(form: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Return content and printed target of each indicator of a golden form."""
    return [(row["content"], row["value_raw"]) for row in _table(form["indicators"])]


def indicators(form: dict[str, Any]) -> list[dict[str, str | None]]:
    """Return the indicators of a golden form, a dictionary of printed cells each."""
    return _table(form.get("indicators"))


def execution(form: dict[str, Any]) -> list[dict[str, str | None]]:
    """Return the rows of budget execution of a golden form."""
    return _table(form.get("execution"))


def _table(text: str | None) -> list[dict[str, str | None]]:
    """Read a table of the golden file: a header line, then one line a row; cells parted by " | ", blank for NULL."""
    lines = [line for line in (text or "").split("\n") if line.strip()]
    if not lines:
        return []
    header = [cell.strip() for cell in lines[0].split("|")]
    table = []
    for line in lines[1:]:
        cells = [cell.strip() or None for cell in line.split("|")]
        assert len(cells) == len(header), line
        table.append(
            {**DEFAULTS, **dict(zip(header, cells, strict=True))}
            if "content" in header
            else dict(zip(header, cells, strict=True))
        )
    return table


def _compare_tables(wrong: list[str], where: str, wanted: list[dict[str, Any]], read: list[dict[str, Any]]) -> None:
    if len(wanted) != len(read):
        wrong.append(f"{where}: expected {len(wanted)} rows, read {[r.get('content', r.get('label')) for r in read]}")
    for number, (row, found) in enumerate(zip(wanted, read, strict=False), 1):
        for name, value in row.items():
            typed = Decimal(value) if name in NUMBERS and value is not None else value
            _compare(wrong, f"{where} {number} {name}", typed, found[name])


def _compare_maps(wrong: list[str], where: str, wanted: dict[str, Any], read: list[tuple[str, Any]]) -> None:
    """Compare amounts by funding source; a source printed twice is a list in the golden file."""
    amounts = [(key, one) for key, value in wanted.items() for one in (value if isinstance(value, list) else [value])]
    for at, ((source, amount), (found_source, found)) in enumerate(zip(amounts, read, strict=False), 1):
        _compare(wrong, f"{where} {at}", source, found_source)
        _compare(wrong, f"{where} {source}", amount, found)
    if len(amounts) != len(read):
        wrong.append(f"{where}: expected {amounts}, read {read}")


def _compare(wrong: list[str], where: str, wanted: Any, found: Any) -> None:
    if isinstance(found, Decimal) and wanted is not None:
        wanted = Decimal(str(wanted))
    if hasattr(found, "isoformat"):
        found = found.isoformat()
        wanted = str(wanted)
    if wanted != found:
        wrong.append(f"{where}: expected {wanted!r}, read {found!r}")
