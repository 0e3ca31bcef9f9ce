"""Word documents (docx) → rows: a walk over the XML, which knows merged cells and what was deleted."""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

from lxml import etree

from ingest.readers.errors import Unreadable
from ingest.readers.rows import Rows
from ingest.readers.xml import part, root
from ingest.readers.zips import check

_WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""The two namespaces of Word's elements: as it writes, and as the strict standard has it."""
_COMPATIBILITY: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def _tags(*names: str) -> tuple[str, ...]:
    return tuple(f"{{{namespace}}}{name}" for namespace in _WORD for name in names)


_GONE: Final = (
    *_tags("del", "moveFrom", "instrText", "delText", "pPr", "tblPr", "tblGrid", "sectPr", "sdtPr"),
    f"{_COMPATIBILITY}Fallback",
)
"""Elements that nobody sees: deleted, moved away, field codes, drawings given a second time, settings."""
_PARAGRAPH, _TABLE, _ROW, _CELL = (frozenset(_tags(name)) for name in ("p", "tbl", "tr", "tc"))
_TEXT, _TAB, _BREAK, _HYPHEN, _SYMBOL = (
    frozenset(tags)
    for tags in ((*_tags("t"), f"{_MATH}t"), _tags("tab"), _tags("br", "cr"), _tags("noBreakHyphen"), _tags("sym"))
)
_SHOWN: Final = (*_TEXT, *_TAB, *_BREAK, *_HYPHEN, *_SYMBOL, *_PARAGRAPH)
_CELL_SETTINGS, _ROW_SETTINGS = frozenset(_tags("tcPr")), frozenset(_tags("trPr"))
_SYMBOLS: Final = {
    ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB1): "±", ("symbol", 0xB4): "×", ("symbol", 0xB9): "≠",
    ("symbol", 0xBB): "≈", ("symbol", 0x3C): "<", ("symbol", 0x3E): ">", ("symbol", 0x3D): "=",
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFC): "✓", ("wingdings", 0xA8): "□", ("wingdings", 0x6F): "□",
    ("wingdings 2", 0x52): "☑", ("wingdings 2", 0xA3): "□",
}  # fmt: skip
"""Characters that Word keeps by their place in a symbol font."""


def read_docx(data: bytes) -> Rows:
    """Read a document's body: paragraphs, and tables with merged cells; headers, footers and notes are left out.

    Raises:
        Unreadable: it is broken, or beyond limits.yml.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("corrupt_file", str(error)) from error
    with archive:
        check(archive)
        document = root(part(archive, _main_part(archive)))
    _strip(document)
    walk = _Walk()
    walk.blocks(document)
    return walk.rows


def _main_part(archive: zipfile.ZipFile) -> str:
    """Return the part that the package names as its document."""
    if "_rels/.rels" in archive.namelist():
        for relation in root(part(archive, "_rels/.rels")):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
    return "word/document.xml"


class _Walk:
    def __init__(self) -> None:
        self.rows = Rows()
        self._tables = 0
        self._paragraphs = 0

    def blocks(self, parent: etree._Element) -> None:
        """Read paragraphs and tables in their order, through wrappers such as content controls."""
        for child in parent:
            if child.tag in _PARAGRAPH:
                self._paragraphs += 1
                self.rows.add_paragraph(_text(child), f"paragraph {self._paragraphs}")
            elif child.tag in _TABLE:
                self.table(child)
            else:
                self.blocks(child)

    def table(self, table: etree._Element) -> None:
        """Read a table's rows; a table inside a cell follows the row that holds it."""
        self._tables += 1
        table_no, place = self._tables, f"table {self._tables}"
        for row_no, row in enumerate(_found(table, _ROW), 1):
            settings = _settings(row, _ROW_SETTINGS)
            if "del" in settings:
                continue
            inner: list[etree._Element] = []
            cells = [""] * _number(settings.get("gridBefore"))
            for cell in _found(row, _CELL):
                _read_cell(cell, cells, inner)
            cells.extend([""] * _number(settings.get("gridAfter")))
            self.rows.add_row(cells, table_no, row_no, place)
            for nested in inner:
                self.table(nested)


def _found(parent: etree._Element, wanted: frozenset[str]) -> Iterator[etree._Element]:
    """Give the nearest elements of a kind, through wrappers but not through tables or other rows."""
    for child in parent:
        if child.tag in wanted:
            yield child
        elif not (child.tag in _TABLE or child.tag in _ROW or child.tag in _CELL):
            yield from _found(child, wanted)


def _read_cell(cell: etree._Element, cells: list[str], inner: list[etree._Element]) -> None:
    """Put a cell's text, and a blank for each further column that it spans, into `cells`; its tables into `inner`."""
    settings, texts = _settings(cell, _CELL_SETTINGS), []
    for child in cell:
        if child.tag in _PARAGRAPH:
            texts.append(_text(child))
        elif child.tag in _TABLE:
            inner.append(child)
        elif child.tag not in _CELL_SETTINGS:
            texts.extend(map(_text, _found(child, _PARAGRAPH)))
            inner.extend(_found(child, _TABLE))
    covered = any(settings.get(merge, "restart") in {"", "continue"} for merge in ("vMerge", "hMerge"))
    cells.append("" if covered else "\n".join(texts).strip())
    if "gridSpan" in settings:
        cells.extend([""] * (_number(settings["gridSpan"]) - 1))


def _settings(element: etree._Element, wanted: frozenset[str]) -> dict[str, str]:
    """Return the settings of a row or cell by name: their value, "" where none is given."""
    first = next(iter(element), None)
    while first is not None and first.tag not in wanted:
        first = first.getnext()
    if first is None:
        return {}
    return {str(s.tag).rpartition("}")[2]: next(map(str, s.attrib.values()), "") for s in first}


def _number(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isascii() and value.isdecimal() else 0


def _text(paragraph: etree._Element) -> str:
    """Return the text that a paragraph shows."""
    pieces: list[str] = []
    for element in paragraph.iter(*_SHOWN):
        tag = element.tag
        if tag in _TEXT:
            pieces.append(element.text or "")
        elif tag in _TAB:
            pieces.append("\t")
        elif tag in _BREAK:
            pieces.append("\n")
        elif tag in _HYPHEN:
            pieces.append("-")
        elif tag in _SYMBOL:
            pieces.append(_symbol(element))
        elif element is not paragraph:  # a paragraph of a text box
            pieces.append("\n")
    return "".join(pieces)


def _strip(document: etree._Element) -> None:
    """Take out, once and for all, what nobody sees."""
    if any(True for _ in document.iter(*_tags("vanish"))):
        for run in document.iter(*_tags("r")):
            if any(_is_on(vanish) for vanish in run.iterfind("{*}rPr/{*}vanish")):
                run.clear()
    etree.strip_elements(document, *_GONE, *_tags("rPr"), etree.Comment, with_tail=False)


def _is_on(setting: etree._Element) -> bool:
    return next(map(str, setting.attrib.values()), "1") not in {"0", "false", "off"}


def _symbol(element: etree._Element) -> str:
    """Return a character of a symbol font; one that is not known stays as Word's private code point."""
    attributes = {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}
    try:
        code = int(attributes.get("char", ""), 16)
    except ValueError:
        return ""
    known = _SYMBOLS.get((attributes.get("font", "").lower(), code & 0xFF))
    return known or (chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE else "")
