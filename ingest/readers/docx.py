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

_GONE: Final = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "tblPr", "tblGrid"})
"""Elements whose text nobody sees: deleted, moved away, field codes, drawings given a second time."""
_PARAGRAPH, _TABLE, _ROW, _CELL = "p", "tbl", "tr", "tc"
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
    rows = _Walk()
    rows.blocks(document)
    return rows.rows


def _main_part(archive: zipfile.ZipFile) -> str:
    """Return the part that the package names as its document."""
    if "_rels/.rels" in archive.namelist():
        for relation in root(part(archive, "_rels/.rels")):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
    return "word/document.xml"


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: etree._Element | None, default: str) -> str:
    if element is None:
        return default
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}val")), default)


class _Walk:
    def __init__(self) -> None:
        self.rows = Rows()
        self._tables = 0
        self._paragraphs = 0

    def blocks(self, parent: etree._Element) -> None:
        """Read paragraphs and tables in their order, through wrappers such as content controls."""
        for child in parent:
            name = _name(child)
            if name == _PARAGRAPH:
                self._paragraphs += 1
                self.rows.add_paragraph(_text(child), f"paragraph {self._paragraphs}")
            elif name == _TABLE:
                self.table(child)
            elif name not in _GONE:
                self.blocks(child)

    def table(self, table: etree._Element) -> None:
        """Read a table's rows; a table inside a cell follows the row that holds it."""
        self._tables += 1
        table_no = self._tables
        for row_no, row in enumerate(_found(table, _ROW), 1):
            properties = row.find("{*}trPr")
            if properties is not None and properties.find("{*}del") is not None:
                continue
            cells, inner = [""] * _count(properties, "gridBefore"), []
            for cell in _found(row, _CELL):
                cells.extend(_cell(cell))
                inner.extend(_found(cell, _TABLE))
            cells.extend([""] * _count(properties, "gridAfter"))
            self.rows.add_row(cells, table_no, row_no, f"table {table_no} row {row_no}")
            for nested in inner:
                self.table(nested)


def _found(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Give the nearest elements of a kind, through wrappers but not through tables or other rows."""
    for child in parent:
        name = _name(child)
        if name == wanted:
            yield child
        elif name not in _GONE and name not in {_TABLE, _ROW, _CELL}:
            yield from _found(child, wanted)


def _cell(cell: etree._Element) -> list[str]:
    """Return a cell's text and a blank for each further column that it spans."""
    properties = cell.find("{*}tcPr")
    merge = properties.find("{*}vMerge") if properties is not None else None
    sideways = properties.find("{*}hMerge") if properties is not None else None
    covered = any(found is not None and _value(found, "continue") == "continue" for found in (merge, sideways))
    text = "" if covered else "\n".join(_text(paragraph) for paragraph in _found(cell, _PARAGRAPH)).strip()
    return [text, *[""] * (max(_count(properties, "gridSpan"), 1) - 1)]


def _count(properties: etree._Element | None, name: str) -> int:
    found = properties.find(f"{{*}}{name}") if properties is not None else None
    number = _value(found, "0")
    return min(int(number), 1000) if number.isdecimal() else 0


def _text(element: etree._Element) -> str:
    """Return the text that a paragraph shows."""
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name == "tab":
            yield "\t"
        elif name in {"br", "cr"}:
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "sym":
            yield _symbol(child)
        elif name not in _GONE and name != _TABLE and not (name == "r" and _is_hidden(child)):
            yield from _pieces(child)
            if name == _PARAGRAPH:  # of a text box
                yield "\n"


def _is_hidden(run: etree._Element) -> bool:
    vanish = run.find("{*}rPr/{*}vanish")
    return vanish is not None and _value(vanish, "1") not in {"0", "false"}


def _symbol(element: etree._Element) -> str:
    """Return a character of a symbol font; one that is not known stays as Word's private code point."""
    attributes = {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}
    try:
        code = int(attributes.get("char", ""), 16)
    except ValueError:
        return ""
    return _SYMBOLS.get(
        (attributes.get("font", "").lower(), code & 0xFF), chr(code) if code < 0xD800 or code > 0xDFFF else ""
    )
