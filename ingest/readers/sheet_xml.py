"""What the bare values of an xlsx leave out: formats, errors, formulas never calculated, rows and columns out of sight."""

import html
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from itertools import chain

from lxml import etree

from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.readers.number_formats import BUILT_IN, Shown, parse
from ingest.readers.xml import part, root
from ingest.readers.zips import check

_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*"
    rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A cell with a formula and no value."""
_ERROR = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)</', re.S)
_STYLED = re.compile(rb'<(?:\w+:)?c\b([^>]*\bs="(\d+)"[^>]*)>')
_CONSTANT = re.compile(r"[0-9][0-9.,]*(?:[%()]|[^\x00-\x7f]|/(?=[^\x00-\x7f]))*")
"""A "formula" that is only a target as printed (=100%, =12月), which some programs take for one: it says its own value."""
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*\sr="(\d+)"')
_HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\shidden="(?:1|true)")([^>]*)>')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


@dataclass
class Sheet:
    """Cells of a sheet that need more than their bare value; rows and columns from 0."""

    shown: dict[int, list[tuple[int, Shown]]] = field(default_factory=dict)  # by row: column, its format
    texts: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # by row: column, what stands there
    uncalculated: set[int] = field(default_factory=set)  # rows
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


class SheetXml:
    """The XML behind a workbook."""

    def __init__(self, data: bytes) -> None:
        """Open a workbook.

        Raises:
            Unreadable: it is broken or a bomb.
        """
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise Unreadable("corrupt_file", str(error)) from error
        check(self._archive)
        self._formats = self._read_formats()
        self._paths = self._read_paths()

    def sheet(self, name: str) -> Sheet:
        """Look through a sheet's XML for cells that need more than their bare value."""
        sheet = Sheet()
        if name not in self._paths:
            return sheet
        xml = part(self._archive, self._paths[name])
        if b"<f" in xml or b":f" in xml:
            for match in _FORMULA.finditer(xml):
                if b't="str"' not in match[1] and (place := _place(match[1])):
                    formula = _decoded(match[2] or b"")
                    _put(sheet, place, f"={formula}")
                    if not _CONSTANT.fullmatch(formula):
                        sheet.uncalculated.add(place[0])
        if b't="e"' in xml:
            for match in _ERROR.finditer(xml):
                if place := _place(match[1]):
                    _put(sheet, place, _decoded(match[2]))
        if b" hidden=" in xml:
            sheet.hidden_rows.update(int(number) - 1 for number in _HIDDEN_ROW.findall(xml))
            sheet.hidden_columns.update(chain.from_iterable(map(_columns, _HIDDEN_COLUMNS.findall(xml))))
        if self._formats:
            for match in _STYLED.finditer(xml):
                if (shown := self._formats.get(int(match[2]))) and (place := _place(match[1])):
                    sheet.shown.setdefault(place[0], []).append((place[1], shown))
        return sheet

    def _read_formats(self) -> dict[int, Shown]:
        """Return the cell styles whose number format says more than the bare value."""
        if "xl/styles.xml" not in self._archive.namelist():
            return {}
        styles = root(part(self._archive, "xl/styles.xml"))
        codes = BUILT_IN | {
            int(e.get("numFmtId", "0")): e.get("formatCode", "") for e in styles.iterfind(".//{*}numFmts/{*}numFmt")
        }
        used = [int(e.get("numFmtId", "0")) for e in styles.iterfind("./{*}cellXfs/{*}xf")]
        shown = {number: parse(codes[number]) for number in set(used) if number in codes}
        return {style: found for style, number in enumerate(used) if (found := shown.get(number))}

    def _read_paths(self) -> dict[str, str]:
        """Return where in the archive each sheet's XML is."""
        names = set(self._archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        relations = root(part(self._archive, "xl/_rels/workbook.xml.rels"))
        targets = {e.get("Id"): posixpath.normpath(posixpath.join("/xl", e.get("Target", "")))[1:] for e in relations}
        sheets = root(part(self._archive, "xl/workbook.xml")).iterfind(".//{*}sheets/{*}sheet")
        found = {e.get("name", ""): targets.get(_relation_id(e), "") for e in sheets}
        return {name: path for name, path in found.items() if path in names}


def _relation_id(sheet: etree._Element) -> str:
    return next((str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")


def _decoded(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "backslashreplace"))


def _place(attributes: bytes) -> tuple[int, int] | None:
    if not (match := _REFERENCE.search(attributes)):
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]) - 1, column - 1


def _columns(attributes: bytes) -> range:
    """Return the columns that a <col> element is about, no more than a form has."""
    ends = {name: int(number) for name, number in re.findall(rb'\b(min|max)="(\d{1,5})"', attributes)}
    return range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), LIMITS.line_cells))


def _put(sheet: Sheet, place: tuple[int, int], text: str) -> None:
    sheet.texts.setdefault(place[0], []).append((place[1], text))
