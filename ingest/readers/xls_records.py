"""What the bare values of an xls leave out: formats, errors, rows and columns out of sight (records of [MS-XLS])."""

import io
import re
import struct
from collections.abc import Iterator
from typing import Final

import olefile

from ingest.readers.number_formats import BUILT_IN, Shown, parse
from ingest.readers.sheet_xml import Sheet

_BOF, _EOF, _SHEET, _FORMAT, _STYLE = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_NUMBER, _RK, _RK_RUN, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_ROW, _COLUMNS = 0x0208, 0x007D
_IS_HIDDEN_ROW, _IS_HIDDEN_COLUMN = 0x20, 0x1
_IS_ERROR: Final = 2  # the kind of a formula's result that is no number
_IS_NAMED_STYLE: Final = 0x4  # a template for styles, of no cell
_BIFF8: Final = 0x0600
_MAY_HOLD_MORE: Final = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        rb"\x05\x02\x08\x00",
        rb"\x06\x00.{8}\x02.{5}\xff\xff",
        rb"\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]",
        rb"\x7d\x00[\x0a-\x0c]\x00.{8}[\x01\x03\x05\x07]",
    )
)
"""Records of an error, a formula with one, a hidden row or column: without these, no record need be looked at. Patterns
that begin with letters of their own are searched for many times faster than one that begins with a choice."""
_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def sheets(data: bytes) -> list[Sheet]:
    """Return what each sheet shows beyond bare values, in their order; [] where there is nothing, or the records are broken."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            name = next((name for name in ("Workbook", "Book") if compound.exists(name)), None)
            stream = compound.openstream(name).read() if name else b""
        formats, starts = _workbook(stream)
        if not formats and not any(pattern.search(stream) for pattern in _MAY_HOLD_MORE):
            return []
        return [_sheet(stream, start, formats) for start in starts]
    except (OSError, struct.error, IndexError, ValueError, RecursionError, TypeError):  # calamine says what is wrong
        return []


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Give code and body of the records from a place on, up to the end of the part that begins there."""
    depth = 0
    while start + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, start)
        depth += (code == _BOF) - (code == _EOF)
        yield code, stream[start + 4 : start + 4 + size]
        if depth <= 0:
            return
        start += 4 + size


def _workbook(stream: bytes) -> tuple[dict[int, Shown], list[int]]:
    """Return the cell styles whose number format says more than the bare value, and where the sheets begin."""
    codes, used, starts, version = dict(BUILT_IN), [], [], 0
    for code, body in _records(stream, 0):
        if code == _BOF and not version:
            (version,) = struct.unpack_from("<H", body)
        elif code == _SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif code == _STYLE:
            number, flags = struct.unpack_from("<HH", body, 2)
            used.append(-1 if flags & _IS_NAMED_STYLE else number)
        elif code == _FORMAT and version == _BIFF8:
            number, _, is_wide = struct.unpack_from("<HHB", body)
            codes[number] = body[5:].decode("utf-16-le" if is_wide & 1 else "latin-1", "replace")
    shown = {number: parse(codes[number]) for number in set(used) if number in codes}
    return {style: found for style, number in enumerate(used) if (found := shown.get(number))}, starts


def _sheet(stream: bytes, start: int, formats: dict[int, Shown]) -> Sheet:
    sheet = Sheet()
    for code, body in _records(stream, start):
        if code in {_NUMBER, _RK, _FORMULA}:
            row, column, style = struct.unpack_from("<HHH", body)
            _show(sheet, formats, row, column, style)
            if code == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == _IS_ERROR:
                _fail(sheet, row, column, body[8])
        elif code == _RK_RUN:
            row, first = struct.unpack_from("<HH", body)
            for offset in range((len(body) - 6) // 6):
                _show(sheet, formats, row, first + offset, struct.unpack_from("<H", body, 4 + 6 * offset)[0])
        elif code == _ROW and struct.unpack_from("<H", body, 12)[0] & _IS_HIDDEN_ROW:
            sheet.hidden_rows.update(struct.unpack_from("<H", body))
        elif code == _COLUMNS and struct.unpack_from("<H", body, 8)[0] & _IS_HIDDEN_COLUMN:
            first, last = struct.unpack_from("<HH", body)
            sheet.hidden_columns.update(range(first, last + 1))
        elif code == _ERROR:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
            if is_error:
                _fail(sheet, row, column, value)
    return sheet


def _show(sheet: Sheet, formats: dict[int, Shown], row: int, column: int, style: int) -> None:
    if shown := formats.get(style):
        sheet.shown.setdefault(row, []).append((column, shown))


def _fail(sheet: Sheet, row: int, column: int, value: int) -> None:
    sheet.texts.setdefault(row, []).append((column, _ERRORS.get(value, "#N/A")))
