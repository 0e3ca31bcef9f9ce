"""A document as a person sees it: paragraphs and tables with merged cells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell, over one or more rows and columns."""

    text: str
    high: int = 1
    wide: int = 1


Table = list[list[Cell]]
"""Rows of cells; a place that a cell of a row above covers has none."""
Block = str | Table
"""A paragraph or a table."""


def grid(table: Table) -> list[list[str]]:
    """Return what a reader has to give of a table: a merged cell's text in its first place, blanks elsewhere."""
    width = sum(cell.wide for cell in table[0])
    rows = [[""] * width for _ in table]
    for row_no, column, cell in placed(table):
        rows[row_no][column] = cell.text
    return rows


def placed(table: Table) -> list[tuple[int, int, Cell]]:
    """Return each cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row_no, row in enumerate(table):
        column = 0
        for cell in row:
            while (row_no, column) in taken:
                column += 1
            taken |= {(row_no + i, column + j) for i in range(cell.high) for j in range(cell.wide)}
            found.append((row_no, column, cell))
            column += cell.wide
    return found


def plain(rows: list[list[str]]) -> Table:
    """Make a table without merged cells of rows of texts."""
    width = max(map(len, rows))
    return [[Cell(text) for text in [*row, *[""] * (width - len(row))]] for row in rows]
