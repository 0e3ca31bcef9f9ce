"""Every golden form in every container that needs no office program: what an officer reads stays the same."""

from pathlib import Path

import polars as pl
import pytest

from ingest.documents import scan
from ingest.parse import parse
from ingest.readers import read
from ingest.schema import LINES
from tests.builders.containers import write_docx, write_html, write_xlsx
from tests.builders.layout import Block, Cell, Table
from tests.ingest.golden_forms import Golden, differences, documents, golden, names

WRITERS = {"html": write_html, "xlsx": write_xlsx, "docx": write_docx}


def blocks(form: Golden) -> list[Block]:
    """Return a form as paragraphs and tables; a text with tabs is one table."""
    found: list[Block] = []
    rows: list[list[str]] = []
    is_text = form.lines.get_column("table_no").max() == 0
    last = 0
    for table_no, text in form.lines.select("table_no", "raw_text").iter_rows():
        if table_no == 0 and not is_text:
            found.append(text)
        elif not text.strip() and is_text:
            continue
        elif table_no != last or not found or isinstance(found[-1], str):
            rows = [text.split("\t")]
            found.append([])
            found[-1] = rows  # pyright: ignore (made a table below)
        else:
            rows.append(text.split("\t"))
        last = table_no
    return [block if isinstance(block, str) else merged(block) for block in found]  # pyright: ignore


def merged(rows: list[list[str]]) -> Table:
    """Merge each cell with the blanks below it and to its right, as makers of forms do."""
    width = max(map(len, rows))
    grid = [row + [""] * (width - len(row)) for row in rows]
    taken: set[tuple[int, int]] = set()
    table: Table = []
    for i, row in enumerate(grid):
        cells: list[Cell] = []
        for j in range(width):
            if (i, j) in taken:
                continue
            free = ((i, k) for k in range(j + 1, width + 1) if k == width or row[k] or (i, k) in taken)
            wide = next(free)[1] - j if row[j] else 1
            high = 1
            below = [(i + high, j + k) for k in range(wide)]
            while (
                row[j]
                and i + high < len(grid)
                and any(grid[i + high])
                and not any(grid[a][b] or (a, b) in taken for a, b in below)
            ):
                high += 1
                below = [(i + high, j + k) for k in range(wide)]
            taken |= {(i + a, j + b) for a in range(high) for b in range(wide)}
            cells.append(Cell(row[j], high, wide))
        table.append(cells)
    return table


@pytest.mark.parametrize("extension", sorted(WRITERS))
def test_every_cell_comes_back(tmp_path: Path, extension: str) -> None:
    forms = [form for form in map(golden, names()) if (form.lines.get_column("dialect") == "tab").all()]
    for form in forms:
        WRITERS[extension](blocks(form), tmp_path / f"{form.name}.{extension}")
    found = scan(tmp_path)
    names_of = found.select("document_id", pl.col("file_name").str.strip_suffix(f".{extension}"))
    read_lines = pl.concat([batch.lines for batch in read(found, workers=0)])
    named = read_lines.join(names_of, on="document_id", how="left", maintain_order="left")
    renamed = named.with_columns(document_id="file_name").select(LINES.names())
    tables = parse(renamed, documents(forms))
    wrong = {}
    for form in forms:
        told = [text for text in differences(form, tables) if not text.startswith(("quarantine", "dispositions"))]
        if told:  # which lines are told of is another matter: containers number them in their own ways
            wrong[form.name] = told
    assert wrong == {}
    assert len(forms) > 30
