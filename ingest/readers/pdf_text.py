"""Characters on a PDF page → lines → text: what a line break on the page was, an end or only the cell's edge."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

Char = dict[str, Any]
"""A character of pdfplumber: text, x0, x1, top, bottom, size."""

_SYMBOL_FONT: Final = str.maketrans({0xF0B3: "≥", 0xF0A3: "≤", 0xF0B1: "±", 0xF0B4: "×", 0xF0B9: "≠", 0xF0BB: "≈"})
_WIDE: Final = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2010-\u201f\u2260-\u2267]"
)
_CLOSING: Final = frozenset("，。、；：？！）】》〉」』”’,.;:?!)]}%％‰℃")
"""Marks that never begin a line: the character before them comes down with them."""
_GLUE: Final = frozenset("“”‘’\"'/-–—~～·")
"""Marks that keep to both their neighbours."""
_FEW: Final = 2
_OPENING: Final = frozenset("（【《〈「『“‘([{")


@dataclass(frozen=True)
class Line:
    """A line of text with its extent on the page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    first_token: float  # width of what could not have been parted at its beginning
    first_phrase: float  # width up to the first blank
    ends_blank: bool
    starts: tuple[float, ...]  # left edges of its parts between wide gaps


def lines_of(chars: Iterable[Char], gap: str = " ") -> list[Line]:
    """Group characters into lines, top to bottom.

    Args:
        chars: characters of one cell, or of the page outside tables.
        gap: what stands for a gap that is wider than any blank.
    """
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if lines and middle < lines[-1][0]["bottom"] - 0.2 * lines[-1][0]["size"]:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [line for line in (_line(chars, gap) for chars in lines) if line.text]


def joined(lines: Sequence[Line], left: float, right: float) -> str:
    """Join a cell's lines; a break that only the cell's edge has made leaves no trace.

    Args:
        lines: the cell's lines.
        left, right: the cell's edges.
    """
    text = ""
    for number, line in enumerate(lines):
        text += _between(lines, number, left, right) + line.text if number else line.text
    return text


def goes_on(above: Sequence[Line], below: Sequence[Line], left: float, right: float) -> bool:
    """Say whether the first of the lines `below` can be the wrapped rest of the last one `above`."""
    return bool(above) and bool(below) and not _fits([*above, *below], len(above), left, right)


def _between(lines: Sequence[Line], number: int, left: float, right: float) -> str:
    if _fits(lines, number, left, right):
        return "\n"
    above, line = lines[number - 1], lines[number]
    return "" if not above.ends_blank and _touching(above.text[-1], line.text[0]) else " "


def _fits(lines: Sequence[Line], number: int, left: float, right: float) -> bool:
    """Say whether the beginning of a line would have had room on the line above: then the break was meant.

    The room is the cell without its padding, which is as wide as the smallest gap beside any of its lines. A line that
    ends with a blank was parted at this blank, where a whole phrase had no room.
    """
    above, line = lines[number - 1], lines[number]
    padding = min(min(each.x0 - left, right - each.x1) for each in lines)
    room = right - left - 2 * max(padding, 0.0)
    beginning = line.first_phrase if above.ends_blank else line.first_token
    return above.x1 - above.x0 + beginning + 0.3 * line.size < room


def _touching(before: str, after: str) -> bool:
    """Say whether two characters stand side by side without a blank: wide ones, and the parts of a number or a code."""
    number, code = "0123456789.,-", before.isalnum() and after.isalnum()
    return bool(_WIDE.match(before) or _WIDE.match(after)) or (
        (before in number and after in f"{number}%") or (code and (before.isdigit() or after.isdigit()))
    )


def _line(chars: list[Char], gap: str) -> Line:
    chars = sorted(chars, key=lambda c: c["x0"])
    size = max(chars[0]["size"], 1.0)
    pieces: list[str] = []
    starts = [chars[0]["x0"]]
    last: Char | None = None
    for char in chars:
        if last is not None:
            if char["text"] == last["text"] and char["x0"] - last["x0"] < 0.15 * size:
                continue  # printed twice for a bold look
            distance = char["x0"] - last["x1"]
            wide = bool(_WIDE.match(char["text"]) and _WIDE.match(last["text"]))
            if distance > 1.5 * size:
                pieces.append(gap)
                starts.append(char["x0"])
            elif distance > (0.8 if wide else 0.25) * size:
                pieces.append(" ")
        pieces.append(char["text"])
        last = char
    printed = [c for c in chars if not c["text"].isspace()] or chars
    return Line(
        text="".join(pieces).translate(_SYMBOL_FONT).strip(" \u3000"),
        x0=printed[0]["x0"],
        x1=max(c["x1"] for c in printed),
        top=min(c["top"] for c in chars),
        bottom=max(c["bottom"] for c in chars),
        size=size,
        first_token=_first_token(printed),
        first_phrase=next((c["x0"] for c in chars if c["text"].isspace()), printed[-1]["x1"]) - printed[0]["x0"],
        ends_blank=len(chars) > 1 and chars[-1]["text"].isspace(),
        starts=tuple(starts),
    )


def unruled(lines: Sequence[Line]) -> range:
    """Return which of the lines between two tables are a table without rulings whose cells go over several lines.

    Which of its lines belong together nobody can tell by machine: lines side by side at other heights, or a line alone
    below the second or a later column.
    """
    last: tuple[float, ...] = ()
    rows, wrapped = [], []
    for number, line in enumerate(lines):
        above = lines[number - 1] if number else None
        beside = above is not None and line.top < above.bottom - 0.3 * line.size
        below = len(line.starts) == 1 and any(abs(line.x0 - start) < 0.3 * line.size for start in last[1:])
        if beside or below:
            wrapped.append(number)
        if len(line.starts) > 1:
            rows.append(number)
            last = line.starts
    return range(rows[0], max(*rows, *wrapped) + 1) if len(rows) >= _FEW and len(wrapped) >= _FEW else range(0)


def _first_token(chars: Sequence[Char]) -> float:
    """Return the width of the characters at a line's beginning that stay together."""
    end = 1
    if not _WIDE.match(chars[0]["text"]) or chars[0]["text"] in _OPENING:
        while (
            end < len(chars) and not _WIDE.match(chars[end]["text"]) and chars[end]["x0"] - chars[end - 1]["x1"] < 1.0
        ):
            end += 1
    while end < len(chars) and chars[end]["text"] in _CLOSING | _GLUE:
        end += 1 + (chars[end]["text"] in _GLUE)
    end = min(end, len(chars))
    return chars[end - 1]["x1"] - chars[0]["x0"]
