"""Web pages → rows: tables with spans laid out, and the text between them by blocks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.readers.encodings import characters, detect
from ingest.readers.rows import Rows

_UNSEEN: Final = frozenset({"head", "script", "style", "noscript", "template", "svg", "iframe", "object", "-comment"})
_BLOCKS: Final = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *(
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
        ),
        *("pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_META: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([-\w]+)", re.I)
_SAME: Final = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8", "x-gbk": "gb18030"}
"""Browsers read a declared encoding as its larger successor."""
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_WIDE_BREAK: Final = re.compile(
    "(?<=[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]) ?\n ?(?=[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f])"
)
_MOST_SPAN: Final = 1000
_VERBATIM: Final = frozenset({"pre", "textarea", "listing", "plaintext", "xmp"})
_FIELDS: Final = frozenset({"input", "select"})
_NOT_FILLED_IN: Final = frozenset({"hidden", "button", "submit", "reset", "image", "file", "password"})
_CELLS: Final = frozenset({"td", "th"})
_Attributes = dict[str, str | None]


def read_html(data: bytes) -> Rows:
    """Read a web page.

    Raises:
        Unreadable: no encoding gives a plausible text.
    """
    encoding = _declared(data) or detect(data)
    parser = LexborHTMLParser(characters(data, encoding))
    walk = _Walk()
    if parser.body is not None:
        walk.blocks(parser.body)
    walk.end_paragraph()
    walk.rows.encoding = encoding
    return walk.rows


def _declared(data: bytes) -> str | None:
    """Return the encoding that the page declares, if its bytes keep to it."""
    if not (match := _META.search(data[:4096])):
        return None
    name = match[1].decode("ascii").lower()
    name = _SAME.get(name, name)
    try:
        data.decode(name)
    except (LookupError, UnicodeDecodeError):
        return None
    return name if not name.startswith("utf-16") else None


@dataclass
class _Grid:
    """A table while it is laid out: what cells of rows above still cover."""

    table_no: int
    row_no: int = 0
    covered: dict[int, int] = field(default_factory=dict)  # column: rows still covered


class _Walk:
    def __init__(self) -> None:
        self.rows = Rows()
        self._tables = 0
        self._paragraphs = 0
        self._open: list[str] = []

    def blocks(self, node: LexborNode) -> None:
        """Read what is outside tables; the walk keeps its own stack, for pages may nest deeper than Python calls."""
        stack: list[LexborNode | None] = [*_children(node)]
        while stack:
            child = stack.pop()
            if child is None:
                self.end_paragraph()
                continue
            tag = child.tag or ""
            if tag in _SAYS:
                self._open.append(_SAYS[tag](child))
            elif tag == "table":
                self.end_paragraph()
                self.table(child)
            elif tag not in _UNSEEN and not _hides(child.attributes):
                if tag in _BLOCKS:
                    self.end_paragraph()
                    stack.append(None)
                stack.extend(_children(child))

    def end_paragraph(self) -> None:
        """Close the block that is open."""
        text = "".join(self._open)
        self._open.clear()
        if text.strip():
            self._paragraphs += 1
            self.rows.add_paragraph(_tidy(text), f"paragraph {self._paragraphs}")

    def table(self, table: LexborNode) -> None:
        """Read a table; a table inside a cell follows the row that holds it."""
        self._tables += 1
        grid = _Grid(self._tables)
        place = f"table {grid.table_no}"
        for caption in _found(table, "caption", through=set()):
            self.blocks(caption)
            self.end_paragraph()
        for row in _found(table, "tr", through={"tbody", "thead", "tfoot"}):
            inner: list[LexborNode] = []
            cells = _lay_out(grid, row, inner)
            grid.row_no += 1
            self.rows.add_row(cells, grid.table_no, grid.row_no, place)
            for nested in inner:
                self.table(nested)


def _lay_out(grid: _Grid, row: LexborNode, inner: list[LexborNode]) -> list[str]:
    """Return a row's cells at their columns: blanks where a cell from above or from the left reaches."""
    cells: list[str] = []
    covered = grid.covered
    grid.covered = {column: left - 1 for column, left in covered.items() if left > 1}
    for cell in row.iter():
        if cell.tag not in _CELLS:
            continue
        while len(cells) in covered:
            cells.append("")
        attributes = cell.attributes
        wide, high = (_span(attributes, "colspan"), _span(attributes, "rowspan")) if attributes else (1, 1)
        if high > 1:
            grid.covered.update(dict.fromkeys(range(len(cells), len(cells) + wide), high - 1))
        cells.append("" if attributes and _hides(attributes) else _cell_text(cell, inner))
        if wide > 1:
            cells.extend([""] * (wide - 1))
    last = max(covered, default=-1)
    return cells + [""] * (last + 1 - len(cells))


def _span(attributes: _Attributes, name: str) -> int:
    if (value := attributes.get(name)) is None or value == "1":
        return 1
    number = value.strip()
    return min(max(int(number), 1), _MOST_SPAN) if number.isascii() and number.isdecimal() and len(number) < 10 else 1


def _found(node: LexborNode, wanted: str, through: set[str]) -> list[LexborNode]:
    found: list[LexborNode] = []
    for child in node.iter():
        if child.tag == wanted:
            if not _hides(child.attributes):
                found.append(child)
        elif child.tag in through and not _hides(child.attributes):
            found.extend(_found(child, wanted, through))
    return found


def _cell_text(cell: LexborNode, inner: list[LexborNode]) -> str:
    """Return a cell's text, blocks and <br> as line breaks; tables inside are put into `inner`."""
    child = cell.first_child
    if child is None:
        return ""
    if child.tag == "-text" and child.next is None:  # the common cell: nothing but text
        return _tidy(_squeezed(child))
    pieces: list[str] = []
    stack: list[LexborNode | None] = [*_children(cell)]
    while stack:
        child = stack.pop()
        if child is None:
            pieces.append("\n")
            continue
        tag = child.tag or ""
        if tag in _SAYS:
            pieces.append(_SAYS[tag](child))
        elif tag == "table":
            inner.append(child)
        elif tag not in _UNSEEN and not _hides(child.attributes):
            if tag in _BLOCKS:
                pieces.append("\n")
                stack.append(None)
            stack.extend(_children(child))
    return _tidy("".join(pieces))


def _children(node: LexborNode) -> list[LexborNode]:
    """Return a node's children, the last first."""
    return list(node.iter(include_text=True))[::-1]


def _squeezed(text: LexborNode) -> str:
    """Return a text node as a browser lays it out: blanks in the source are one blank, none between wide characters."""
    content = text.text_content or ""
    if content.isprintable() and "  " not in content:
        return content
    if "\n" in content:
        content = _WIDE_BREAK.sub("", _BLANKS.sub(lambda found: "\n" if "\n" in found[0] else " ", content))
    return _BLANKS.sub(" ", content)


def _verbatim(block: LexborNode) -> str:
    """Return the text of a <pre> or of a filled-in field, its line breaks kept."""
    return f"\n{block.text()}\n"


def _filled_in(field_: LexborNode) -> str:
    """Return what a page's field shows: its text, its mark, or the choice made."""
    attributes = field_.attributes
    if field_.tag == "select":
        options = field_.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return "、".join(option.text().strip() for option in chosen)
    kind = (attributes.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        return "☑" if "checked" in attributes else "□"
    return "" if kind in _NOT_FILLED_IN else attributes.get("value") or ""


def _tidy(text: str) -> str:
    """Trim each line and leave out blank ones."""
    if "\n" not in text:
        return text.strip(" \u00a0\u3000")
    return "\n".join(line for line in (part.strip(" \u00a0\u3000") for part in text.split("\n")) if line)


def _hides(attributes: _Attributes) -> bool:
    if not attributes:
        return False
    return "hidden" in attributes or "display:none" in (attributes.get("style") or "").replace(" ", "").lower()


_SAYS: Final[dict[str, Callable[[LexborNode], str]]] = {
    "-text": _squeezed,
    "br": lambda _: "\n",
    **dict.fromkeys(_VERBATIM, _verbatim),
    **dict.fromkeys(_FIELDS, _filled_in),
}
"""What elements say by themselves, whatever stands inside."""
