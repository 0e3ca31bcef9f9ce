"""Workbooks (xlsx, xls) → rows, as a person sees them on the screen."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import python_calamine as calamine

from ingest.readers import xls_records
from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.readers.number_formats import Value
from ingest.readers.rows import Rows
from ingest.readers.sheet_xml import Sheet, SheetXml


def read_xlsx(data: bytes) -> Rows:
    """Read every sheet of a workbook.

    Rows of hidden sheets are given, and refused as a whole: nobody who opens the workbook sees them.

    Raises:
        Unreadable: it is broken, protected by a password, or beyond limits.yml.
    """
    xml = SheetXml(data)
    return _read(data, lambda _, name: xml.sheet(name))


def read_xls(data: bytes) -> Rows:
    """Read every sheet of an old workbook, as `read_xlsx` does."""
    found = xls_records.sheets(data)
    return _read(data, lambda number, _: found[number - 1] if number <= len(found) else Sheet())


def _read(data: bytes, details: Callable[[int, str], Sheet]) -> Rows:
    """Read sheets; `details` says by a sheet's number and name what its bare values leave out."""
    with _named_errors():
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    if len(workbook.sheets_metadata) > LIMITS.sheets:
        raise Unreadable("too_many_sheets", str(len(workbook.sheets_metadata)))
    rows = Rows()
    for table_no, meta in enumerate(workbook.sheets_metadata, 1):
        if meta.typ == calamine.SheetTypeEnum.WorkSheet:
            _read_sheet(workbook, meta, table_no, details(table_no, meta.name), rows)
    return rows


@contextmanager
def _named_errors() -> Iterator[None]:
    """Say in our own words what calamine says of a broken workbook, by an error or by a panic of its Rust code."""
    try:
        yield
    except calamine.PasswordError as error:
        raise Unreadable("encrypted") from error
    except calamine.CalamineError as error:
        raise Unreadable("corrupt_file", str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it has no name that could be imported
            raise
        raise Unreadable("corrupt_file", str(error)[:200]) from error


def _read_sheet(
    workbook: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, table_no: int, details: Sheet, rows: Rows
) -> None:
    try:
        with _named_errors():
            sheet = workbook.get_sheet_by_name(meta.name)
    except Unreadable as error:
        rows.refuse_place(error.reason, f"sheet {meta.name!r}: {error.detail}")
        return
    if sheet.total_width * (sheet.total_height if details.texts else sheet.height) > LIMITS.table_cells:
        raise Unreadable("too_many_cells", f"sheet {meta.name!r}")
    top, left = sheet.start or (0, 0)
    # Texts of the file's own may stand where calamine sees nothing: from the corner on.
    shown = (
        _Shown(sheet.to_python(skip_empty_area=False), 0, 0) if details.texts else _Shown(sheet.to_python(), top, left)
    )
    shown.complete(details)
    shown.cover(sheet.merged_cell_ranges or [], details)
    unseen = shown.hide(details.hidden_columns)
    texts = rows.add_rows(shown.rows(), table_no, shown.top + 1, f"sheet '{meta.name}'")
    for row in sorted(details.uncalculated):
        rows.refuse("formula_without_value", table_no, (row + 1, row + 1), raw_text=texts[row - shown.top])
    if meta.visible != calamine.SheetVisibleEnum.Visible and texts:
        lines = (shown.top + 1, shown.top + len(texts))
        rows.refuse("hidden_sheet", table_no, lines, detail=f"sheet {meta.name!r}")
        return
    for row in sorted(row for row in details.hidden_rows if shown.top <= row < shown.top + len(texts)):
        if raw_text := texts[row - shown.top].strip("\t"):
            rows.refuse("hidden_row", table_no, (row + 1, row + 1), raw_text=raw_text)
    for column in unseen:
        rows.refuse_place("hidden_column", f"sheet {meta.name!r} column {_letters(column)}")


def _letters(column: int) -> str:
    """Name a column (from 0) as the workbook does."""
    return (_letters(column // 26 - 1) if column > 25 else "") + chr(65 + column % 26)


@dataclass
class _Shown:
    """The values of a sheet from its first used row and column on; places are given from the sheet's corner."""

    values: list[list[Value]]
    top: int
    left: int

    def cover(self, merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], details: Sheet) -> None:
        """Leave of a merged cell its own text in its first place that is seen: what it covers, nobody sees."""
        for (top, left), (bottom, right) in merged:
            text = self._at(top, left)
            for row in range(max(top, self.top), min(bottom + 1, self.top + len(self.values))):
                values = self.values[row - self.top]
                for column in range(max(left, self.left), min(right + 1, self.left + len(values))):
                    values[column - self.left] = ""
            if text != "":
                row = next((row for row in range(top, bottom + 1) if row not in details.hidden_rows), top)
                column = next((at for at in range(left, right + 1) if at not in details.hidden_columns), left)
                self._make_room(row, column)
                self.values[row - self.top][column - self.left] = text

    def hide(self, columns: Iterable[int]) -> list[int]:
        """Blank hidden columns; return those of them that held anything."""
        found = []
        for column in sorted(columns):
            held = [values for values in self.values if 0 <= column - self.left < len(values)]
            if any(values[column - self.left] != "" for values in held):
                found.append(column)
                for values in held:
                    values[column - self.left] = ""
        return found

    def complete(self, details: Sheet) -> None:
        """Put in what the bare values leave out."""
        for row, formats in details.shown.items():
            for column, shown in formats:
                value = self._at(row, column)
                if value != "":
                    self.values[row - self.top][column - self.left] = shown.render(value)
        for row, texts in details.texts.items():
            for column, text in texts:
                self._make_room(row, column)
                self.values[row - self.top][column - self.left] = text

    def rows(self) -> list[list[Value]]:
        """Return the rows from the sheet's first column on."""
        return [[""] * self.left + row for row in self.values] if self.left else self.values

    def _at(self, row: int, column: int) -> Value:
        row, column = row - self.top, column - self.left
        return self.values[row][column] if 0 <= row < len(self.values) and 0 <= column < len(self.values[row]) else ""

    def _make_room(self, row: int, column: int) -> None:
        row, column = row - self.top, column - self.left
        width = max(column + 1, *map(len, self.values[:1]), 0)
        if row + width > LIMITS.table_cells:
            raise Unreadable("too_many_cells")
        self.values.extend([""] * width for _ in range(row + 1 - len(self.values)))
        self.values[row].extend([""] * (column + 1 - len(self.values[row])))
