"""What a reader of tables collects: rows of cells and the paragraphs between them, in reading order.

Called for every row of every document: what can be done for many rows at once is left to the frame (reading.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ingest.readers.encodings import visible
from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.readers.number_formats import Value, plain


@dataclass
class Rows:
    """Rows and paragraphs of one document, as columns of LINES.

    Attributes:
        refused: rows that cannot be read: `table_no`, `line_start`, `line_end`, `raw_text`, `reason`, `detail`.
    """

    table_no: list[int] = field(default_factory=list)
    line_no: list[int] = field(default_factory=list)
    place: list[str] = field(default_factory=list)
    raw_text: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    encoding: str | None = None
    _cells: int = 0
    _paragraphs: int = 0

    def add_row(self, cells: Sequence[str], table_no: int, line_no: int, place: str) -> None:
        """Add a table's row; `place` is the table's, the row's number is put behind it when the frame is made.

        Raises:
            Unreadable: the document has more cells than limits.yml allows.
        """
        self.add_rows([cells], table_no, line_no, place)

    def add_rows(self, rows: Sequence[Sequence[Value]], table_no: int, first_line: int, place: str) -> list[str]:
        """Add rows of a table that follow each other, as `add_row` does; return their lines.

        What is no text is written as a worksheet shows it.
        """
        cells = sum(map(len, rows))
        self._cells += cells
        if self._cells > LIMITS.table_cells:
            raise Unreadable("too_many_cells")
        try:
            texts = list(map("\t".join, cast(Sequence[Sequence[str]], rows)))
        except TypeError:  # most tables hold nothing but texts
            rows = [[cell if type(cell) is str else plain(cell) for cell in row] for row in rows]
            texts = ["\t".join(row) for row in rows]
        if "".join(texts).count("\t") + len(rows) > cells:  # a cell holds a tab itself
            texts = ["\t".join([plain(cell).replace("\t", " ") for cell in row]) for row in rows]
        self.table_no.extend([table_no] * len(rows))
        self.line_no.extend(range(first_line, first_line + len(rows)))
        self.place.extend([place] * len(rows))
        self.raw_text.extend(texts)
        return texts

    def add_paragraph(self, text: str, place: str) -> int:
        """Add the lines of a paragraph outside tables; blank ones print nothing in a laid-out page and are left out.

        Returns the number of the last line added.
        """
        for line in visible(text).split("\n"):
            if line.strip():
                self._paragraphs += 1
                self._add(line.strip(" \u3000"), 0, self._paragraphs, place)
        return self._paragraphs

    def refuse(
        self, reason: str, table_no: int, lines: tuple[int, int], *, detail: str | None = None, raw_text: str = ""
    ) -> None:
        """Say of rows (first and last) that they cannot be read; neighbours with the same reason are told as one."""
        last = self.refused[-1] if self.refused else None
        if (
            last
            and detail is None
            and (last["reason"], last["table_no"], last["line_end"] + 1)
            == (
                reason,
                table_no,
                lines[0],
            )
        ):
            last["line_end"] = lines[1]
            last["raw_text"] += f"\n{raw_text}"
            return
        self.refused.append(
            {
                "table_no": table_no,
                "line_start": lines[0],
                "line_end": lines[1],
                "raw_text": raw_text,
                "reason": reason,
                "detail": detail,
            }
        )

    def refuse_place(self, reason: str, place: str) -> None:
        """Say that something between the lines cannot be read (a scanned page): a blank line stands for it."""
        self._paragraphs += 1
        self._add("", 0, self._paragraphs, place)
        self.refuse(reason, 0, (self._paragraphs, self._paragraphs), detail=place)

    def _add(self, text: str, table_no: int, line_no: int, place: str) -> None:
        self.table_no.append(table_no)
        self.line_no.append(line_no)
        self.place.append(place)
        self.raw_text.append(text)
