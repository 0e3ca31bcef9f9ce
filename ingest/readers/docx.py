"""Word documents (docx) → rows: a walk over the XML, which knows merged cells and what was deleted."""

import io
import zipfile
from typing import Final

from lxml import etree

from ingest.readers.docx_shown import WORD, put_headers, put_numbers, tags
from ingest.readers.errors import Unreadable
from ingest.readers.rows import Rows
from ingest.readers.xml import part, root
from ingest.readers.zips import check

_COMPATIBILITY: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH: Final = "http://schemas.openxmlformats.org/officeDocument/2006/math"


_PARAGRAPH, _TABLE, _ROW, _CELL = (frozenset(tags(name)) for name in ("p", "tbl", "tr", "tc"))
_HIDDEN: Final = (
    *tags(
        "del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "tblPr", "tblGrid", "sectPr", "sdtPr"
    ),
    *tags("trPr", "tcPr", "rt", "rubyPr"),
    f"{_COMPATIBILITY}Fallback",
)
"""Elements that nobody reads: deleted, moved away, field codes, drawings given a second time, settings, pronunciation."""
_MARKS: Final = {**dict.fromkeys(tags("tab"), "\t"), **dict.fromkeys(tags("br", "cr"), "\n"),
                 **dict.fromkeys(tags("noBreakHyphen"), "-")}  # fmt: skip
_SYMBOL: Final = tags("sym")
_BOX: Final = tags("txbxContent")
_NO_TEXT: Final = etree.XPath(
    "/descendant::text()[not(parent::w:t or parent::s:t or parent::m:t)]",  # twice as fast as //text()
    namespaces={"w": WORD[0], "s": WORD[1], "m": _MATH},
)
_SYMBOLS: Final = {
    ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB1): "±", ("symbol", 0xB4): "×", ("symbol", 0xB9): "≠",
    ("symbol", 0xBB): "≈", ("symbol", 0x3C): "<", ("symbol", 0x3E): ">", ("symbol", 0x3D): "=",
    ("wingdings", 0xFE): "☑", ("wingdings", 0xFC): "✓", ("wingdings", 0xA8): "□", ("wingdings", 0x6F): "□",
    ("wingdings 2", 0x52): "☑", ("wingdings 2", 0xA3): "□",
}  # fmt: skip
"""Characters that Word keeps by their place in a symbol font."""
_NONE: Final[dict[str, str]] = {}


def read_docx(data: bytes) -> Rows:
    """Read a document: page headers, paragraphs, and tables with merged cells; footers and notes are left out.

    Raises:
        Unreadable: it is broken, or beyond limits.yml.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("corrupt_file", str(error)) from error
    with archive:
        check(archive)
        main = _main_part(archive)
        document = root(part(archive, main))
        put_numbers(archive, main, document)
        headers = put_headers(archive, main, document)
    walk = _Walk(document, headers)
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
    def __init__(self, document: etree._Element, headers: set[etree._Element]) -> None:
        self.rows = Rows()
        self._headers = headers
        self._tables = 0
        self._paragraphs = 0
        self._settings = _settings(document)
        _tidy(document)

    def blocks(self, parent: etree._Element) -> None:
        """Read paragraphs and tables in their order, through wrappers such as content controls."""
        for child in parent:
            if child in self._headers:
                self.rows.add_paragraph(_text(child), "page header")
            elif child.tag in _PARAGRAPH:
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
        held: list[list[str]] = []  # rows that follow each other are added together
        rows = _found(table, _ROW)
        for row_no, row in enumerate(rows, 1):
            inner: list[etree._Element] = []
            settings = self._settings.get(row, _NONE)
            if not (is_deleted := "del" in settings):
                held.append(self._row(row, settings, inner))
            if inner or is_deleted or row_no == len(rows):
                self.rows.add_rows(held, table_no, row_no + 1 - is_deleted - len(held), place)
                held = []
            for nested in inner:
                self.table(nested)

    def _row(self, row: etree._Element, settings: dict[str, str], inner: list[etree._Element]) -> list[str]:
        """Return the texts of a row's cells, one a column; tables in them go into `inner`."""
        cells = [""] * _number(settings.get("gridBefore"))
        for cell in _found(row, _CELL):
            self._cell(cell, cells, inner)
        cells.extend([""] * _number(settings.get("gridAfter")))
        return cells

    def _cell(self, cell: etree._Element, cells: list[str], inner: list[etree._Element]) -> None:
        """Put a cell's text, and a blank for each further column it spans, into `cells`; its tables into `inner`."""
        if len(cell) == 1 and cell[0].tag in _PARAGRAPH:
            text = _text(cell)
        else:
            text = "\n".join([_text(paragraph) for paragraph in _found(cell, _PARAGRAPH)]).strip()
            inner.extend(_found(cell, _TABLE))
        settings = self._settings.get(cell)
        if settings is None:
            cells.append(text)
            return
        covered = any(settings.get(merge, "restart") in {"", "continue"} for merge in ("vMerge", "hMerge"))
        cells.append("" if covered else text)
        cells.extend([""] * (_number(settings.get("gridSpan")) - 1))


def _found(parent: etree._Element, wanted: frozenset[str]) -> list[etree._Element]:
    """Return the nearest elements of a kind, through wrappers but not through tables or other rows."""
    found = []
    for child in parent:
        tag = child.tag
        if tag in wanted:
            found.append(child)
        elif not (tag in _TABLE or tag in _ROW or tag in _CELL):
            found.extend(_found(child, wanted))
    return found


def _settings(document: etree._Element) -> dict[etree._Element, dict[str, str]]:
    """Return what rows and cells say of merging and deletion, by element: name and value, "" where none is given."""
    found: dict[etree._Element, dict[str, str]] = {}
    for setting in document.iter(*tags("gridSpan", "vMerge", "hMerge", "gridBefore", "gridAfter"), *tags("del")):
        properties = setting.getparent()
        owner = properties.getparent() if properties is not None else None
        if owner is not None and (owner.tag in _CELL or owner.tag in _ROW):
            value = next(map(str, setting.attrib.values()), "")
            found.setdefault(owner, {})[str(setting.tag).rpartition("}")[2]] = value
    return found


def _tidy(document: etree._Element) -> None:
    """Take out, once and for all, what nobody sees, and write tabs, breaks and symbols as text."""
    if next(document.iter(*tags("vanish")), None) is not None:
        for run in document.iter(*tags("r")):
            if any(_is_on(vanish) for vanish in run.iterfind("{*}rPr/{*}vanish")):
                run.clear(keep_tail=True)
    etree.strip_elements(document, *_HIDDEN, etree.Comment, etree.PI, with_tail=False)
    for text in _NO_TEXT(document):
        parent = text.getparent()
        if text.is_tail:
            parent.tail = None
        else:
            parent.text = None
    for special in [*document.iter(*_MARKS, *_SYMBOL, *_BOX)]:  # one walk for all of them
        if special.tag in _MARKS:
            special.text = _MARKS[str(special.tag)]
        elif special.tag in _SYMBOL:
            special.text = _symbol(special)
        elif (anchor := next(special.iterancestors(*_PARAGRAPH), None)) is not None:
            anchor.addnext(special)  # what is in a box are blocks of their own, behind the paragraph that it hangs on


def _text(element: etree._Element) -> str:
    """Return the text that a paragraph shows, without an object for each of its runs."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _number(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isascii() and value.isdecimal() else 0


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
