"""PDF documents (born digital) → rows: ruled tables, and the lines of text around them."""

import io
import logging
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import pdfplumber
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import PdfminerException

from ingest.readers.errors import Unreadable
from ingest.readers.pdf_rulings import find_tables
from ingest.readers.pdf_text import Char, Line, goes_on, joined, lines_of, unruled
from ingest.readers.pdf_turned import is_slanted, upright
from ingest.readers.rows import Rows

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it complains of every oddity, hundreds of times a page

_SAME_EDGE: Final = 2.0
"""Points. The edges of one column on two pages are no further apart."""
_UNMAPPED: Final = re.compile(r"\(cid:\d+\)")
_UNMAPPED_SHARE: Final = 0.1
_PAGE_NUMBER: Final = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4}|页?\s*[,，/]?\s*共\s*\d{1,4}\s*页)?[-—–·\s]*"
)


@dataclass
class _Cell:
    left: float
    right: float
    lines: list[Line]


@dataclass
class _Row:
    place: str
    cells: list[_Cell]


@dataclass
class _Grid:
    """A ruled table on one page."""

    page: int
    top: float
    bottom: float
    rows: list[_Row]

    @property
    def sides(self) -> tuple[float, float]:
        cells = [cell for row in self.rows for cell in row.cells]
        return min(cell.left for cell in cells), max(cell.right for cell in cells)


@dataclass
class _Table:
    """A table over one page or several."""

    grids: list[_Grid] = field(default_factory=list)

    def columns(self) -> list[float]:
        """Return the left edges of its columns; edges of several pages that are nearly the same are one."""
        edges: list[float] = []
        for left in sorted({cell.left for grid in self.grids for row in grid.rows for cell in row.cells}):
            if not edges or left - edges[-1] > _SAME_EDGE:
                edges.append(left)
        return edges


def read_pdf(data: bytes) -> Rows:
    """Read a PDF: the rows of ruled tables, and the lines of text outside them (gaps between columns become tabs).

    A table that goes on over a page keeps its number; a row that a page break has cut is put together again.

    Raises:
        Unreadable: it is broken, protected by a password, or holds no text.
    """
    pages: list[list[_Grid | Line]] = []
    lost: list[tuple[str, str]] = []  # reason, page
    with _opened(data) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            pages.append([])
            try:
                if not page.chars and page.images:
                    lost.append(("no_text_layer", f"page {number}"))
                pages[-1] = _content(page, number)
            except MemoryError:
                raise
            except Exception as error:  # pdfminer raises whatever a broken page makes it trip over
                lost.append(("corrupt_file", f"page {number}: {type(error).__name__}"))
            page.close()
    if not any(pages):
        raise Unreadable(*(lost[0] if lost else ("corrupt_file", "no pages")))
    rows = _rows(_put_together(pages))
    _refuse_unmapped(rows)
    for reason, page in lost:
        rows.refuse_place(reason, page)
    return rows


def _opened(data: bytes) -> PDF:
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
        len(pdf.pages)
    except PdfminerException as error:
        reason = "encrypted" if "Password" in repr(error) else "corrupt_file"
        raise Unreadable(reason, "" if reason == "encrypted" else repr(error)) from error
    except MemoryError:
        raise
    except Exception as error:  # see above
        raise Unreadable("corrupt_file", f"{type(error).__name__}: {error}") from error
    return pdf


def _content(page: Page, number: int) -> list[_Grid | Line]:
    """Return the tables of a page, and the lines outside them, from top to bottom."""
    turned = upright(page)
    chars = [char for char in turned.chars if not is_slanted(char)]
    tables = [table for table in find_tables(turned, chars) if len(table.cells) > 1]
    turned.close()
    grids = []
    for on_page, table in enumerate(tables, 1):
        inside, chars = _parted(chars, table.bbox)
        grids.append(_grid(table, inside, number, on_page))
    return sorted([*grids, *lines_of(chars, gap="\t")], key=lambda block: block.top)


def _parted(chars: list[Char], box: tuple[float, float, float, float]) -> tuple[list[Char], list[Char]]:
    """Part characters by whether their middle lies in a box."""
    left, top, right, bottom = box
    inside, outside = [], []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        (inside if left <= x <= right and top <= y <= bottom else outside).append(char)
    return inside, outside


def _grid(table: Table, chars: list[Char], page: int, on_page: int) -> _Grid:
    """Put characters into cells: each cell covers squares between the table's rulings, each square has one cell."""
    xs = sorted({x for cell in table.cells for x in (cell[0], cell[2])})
    ys = sorted({y for cell in table.cells for y in (cell[1], cell[3])})
    column, row = ({edge: index for index, edge in enumerate(edges)} for edges in (xs, ys))
    owner = {
        (i, j): number
        for number, (left, top, right, bottom) in enumerate(table.cells)
        for i in range(row[top], row[bottom])
        for j in range(column[left], column[right])
    }
    held: defaultdict[int, list[Char]] = defaultdict(list)
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        square = (bisect_right(ys, y) - 1, bisect_right(xs, x) - 1)
        if square in owner:
            held[owner[square]].append(char)
    rows = [_Row(f"page {page} table {on_page}", []) for _ in ys[1:]]
    for number, (left, top, right, _) in enumerate(table.cells):
        rows[row[top]].cells.append(_Cell(left, right, lines_of(held[number])))
    return _Grid(page, ys[0], ys[-1], rows)


def _put_together(pages: list[list[_Grid | Line]]) -> list[tuple[int, Line] | _Table]:
    """Give lines (with their page) and tables in reading order; a table goes on where only page numbers lie between."""
    body_bottom = max((block.bottom for page in pages for block in page if isinstance(block, _Grid)), default=0.0)
    running = _running(pages)
    result: list[tuple[int, Line] | _Table] = []
    open_table: _Table | None = None
    is_parted = False  # only by what stands on every page
    for number, page in enumerate(pages, 1):
        for block in page:
            if isinstance(block, Line):
                result.append((number, block))
                is_parted |= not _PAGE_NUMBER.fullmatch(block.text)
                if is_parted and _place(block) not in running:
                    open_table = None
                continue
            if open_table and _goes_on(open_table.grids[-1], block):
                is_mended = _mend(open_table.grids[-1], block, body_bottom)
                if is_mended or not is_parted:
                    open_table.grids.append(block)
                    is_parted = False
                    continue
            open_table, is_parted = _Table([block]), False
            result.append(open_table)
    return result


def _running(pages: list[list[_Grid | Line]]) -> set[tuple[int, str]]:
    """Return the headers and footers: lines that stand at one place of several pages, but for their numbers."""
    places = Counter(_place(block) for page in pages for block in page if isinstance(block, Line))
    return {place for place, times in places.items() if times > 1}


def _place(line: Line) -> tuple[int, str]:
    return round(line.top / _SAME_EDGE), re.sub(r"\d+", "0", line.text)


def _goes_on(above: _Grid, below: _Grid) -> bool:
    return below.page == above.page + 1 and all(
        abs(a - b) <= _SAME_EDGE for a, b in zip(above.sides, below.sides, strict=True)
    )


def _mend(above: _Grid, below: _Grid, body_bottom: float) -> bool:
    """Put a row together that a page break has cut, and say whether there was one.

    It is one where the page was full; and each text below is in a column whose text above had no room left for it;
    and some column is finished above (a whole new row has texts wherever the last one has).
    """
    last, first = above.rows[-1], below.rows[0]
    texts = [cell for cell in first.cells if cell.lines]
    pairs = [(_same_column(last, cell), cell) for cell in texts]
    if not pairs or len(pairs) >= sum(bool(cell.lines) for cell in last.cells):
        return False
    if above.bottom + 1.5 * texts[0].lines[0].size < body_bottom:
        return False
    if not all(upper and goes_on(upper.lines, cell.lines, cell.left, cell.right) for upper, cell in pairs):
        return False
    for upper, cell in pairs:
        assert upper is not None  # noqa: S101 (for the type checker: all() has said so)
        upper.lines.extend(cell.lines)
    del below.rows[0]
    return True


def _same_column(row: _Row, cell: _Cell) -> _Cell | None:
    near = (c for c in row.cells if abs(c.left - cell.left) <= _SAME_EDGE and abs(c.right - cell.right) <= _SAME_EDGE)
    return next(near, None)


def _rows(blocks: list[tuple[int, Line] | _Table]) -> Rows:
    rows = Rows()
    table_no = 0
    torn = _unruled(blocks)
    for number, block in enumerate(blocks):
        if not isinstance(block, _Table):
            line_no = rows.add_paragraph(block[1].text, f"page {block[0]}")
            if number in torn:
                rows.refuse("unruled_table", 0, (line_no, line_no), raw_text=block[1].text)
            continue
        table_no += 1
        columns = block.columns()
        for row_no, row in enumerate((row for grid in block.grids for row in grid.rows), 1):
            cells = [""] * len(columns)
            for cell in row.cells:
                cells[bisect_right(columns, cell.left + _SAME_EDGE) - 1] = joined(cell.lines, cell.left, cell.right)
            rows.add_row(cells, table_no, row_no, row.place)
    return rows


def _unruled(blocks: list[tuple[int, Line] | _Table]) -> set[int]:
    """Return the lines of tables without rulings whose cells cannot be told apart."""
    found: set[int] = set()
    for _, run in groupby(enumerate(blocks), key=lambda block: isinstance(block[1], _Table) or block[1][0]):
        lines = [(number, block[1]) for number, block in run if not isinstance(block, _Table)]
        found.update(lines[n][0] for n in unruled([line for _, line in lines]))
    return found


def _refuse_unmapped(rows: Rows) -> None:
    """Refuse a document of which too many characters have no meaning, only a place in a font."""
    text = "".join(rows.raw_text)
    unmapped = len(_UNMAPPED.findall(text)) + sum("\ue000" <= c <= "\uf8ff" for c in text)
    if unmapped > _UNMAPPED_SHARE * len(_UNMAPPED.sub("x", text)):
        raise Unreadable("unmapped_text")
