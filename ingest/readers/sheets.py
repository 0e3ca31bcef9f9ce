"""Workbooks (xlsx, xls) → rows, as a person sees them on the screen."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import python_calamine as calamine

from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.readers.number_formats import Value, plain
from ingest.readers.rows import Rows
from ingest.readers.sheet_xml import Sheet, SheetXml


def read_xlsx(data: bytes) -> Rows:
    """Read every sheet of a workbook.

    Rows of hidden sheets are given, and refused as a whole: nobody who opens the workbook sees them.

    Raises:
        Unreadable: it is broken, protected by a password, or beyond limits.yml.
    """
    return _read(data, SheetXml(data))


def read_xls(data: bytes) -> Rows:
    """Read every sheet of an old workbook, as `read_xlsx` does, with bare values for want of their formats."""
    return _read(data, None)


def _read(data: bytes, xml: SheetXml | None) -> Rows:
    with _named_errors():
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    if len(workbook.sheets_metadata) > LIMITS.sheets:
        raise Unreadable("too_many_sheets", str(len(workbook.sheets_metadata)))
    rows = Rows()
    for table_no, meta in enumerate(workbook.sheets_metadata, 1):
        if meta.typ == calamine.SheetTypeEnum.WorkSheet:
            details = xml.sheet(meta.name) if xml else Sheet()
            _read_sheet(workbook, meta, table_no, details, rows)
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
    if sheet.start is None:
        return
    if sheet.total_height * sheet.total_width > LIMITS.table_cells * 20:
        raise Unreadable("too_many_cells", f"sheet {meta.name!r}")
    top, left = sheet.start
    values = sheet.to_python()
    for row, columns in _covered(sheet).items():
        for column in columns:
            values[row - top][column - left] = ""
    _complete(values, details, top, left)
    before = [""] * left
    cells = [before + [value if type(value) is str else plain(value) for value in row] for row in values]
    rows.add_rows(cells, table_no, top + 1, f"sheet '{meta.name}'")
    for row in sorted(details.uncalculated):
        raw_text = "\t".join(cells[row - top]) if 0 <= row - top < len(cells) else ""
        rows.refuse("formula_without_value", table_no, (row + 1, row + 1), raw_text=raw_text)
    if meta.visible != calamine.SheetVisibleEnum.Visible:
        rows.refuse("hidden_sheet", table_no, (top + 1, top + sheet.height), detail=f"sheet {meta.name!r}")


def _covered(sheet: calamine.CalamineSheet) -> dict[int, list[int]]:
    """Return the cells that a merged cell covers, by row: whatever they hold, nobody sees it."""
    covered: dict[int, list[int]] = {}
    if sheet.end is None:
        return covered
    last_row, last_column = sheet.end
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, last_row) + 1):
            columns = range(left + (row == top), min(right, last_column) + 1)
            covered.setdefault(row, []).extend(columns)
    return covered


def _complete(values: list[list[Value]], details: Sheet, top: int, left: int) -> None:
    """Put in what the bare values leave out; places outside the sheet's values are blank cells."""
    for row, formats in details.shown.items():
        for column, shown in formats:
            if _is_inside(values, row - top, column - left) and (value := values[row - top][column - left]) != "":
                values[row - top][column - left] = shown.render(value)
    for row, texts in details.texts.items():
        for column, text in texts:
            if _is_inside(values, row - top, column - left):
                values[row - top][column - left] = text


def _is_inside(values: list[list[Value]], row: int, column: int) -> bool:
    return 0 <= row < len(values) and 0 <= column < len(values[row])
