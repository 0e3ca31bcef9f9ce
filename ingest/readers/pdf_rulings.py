"""Tables on a PDF page whose rulings are not all drawn: open sides, and rows ruled without columns.

Where lines lie above each other with the same ends (a ladder), the page means a table. What is missing is put in as
rulings: the sides, and between them the gutters that the texts leave free. Where a text crosses a gutter, its row has a
merged cell there. Texts without any line are no table: their columns would be guessed.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from pdfplumber.page import Page
from pdfplumber.table import Table

from ingest.readers.pdf_text import Char

_SAME: Final = 3.0
"""Points. Ends of lines that are no further apart are one."""
_FEWEST_LINES: Final = 4
_FEWEST_ROWS: Final = 3
"""So many rows must have texts on both sides of a gutter."""
_MOST_CROSSED: Final = 0.4
"""Share of the rows whose texts may cross a gutter: merged cells."""
_NARROWEST: Final = 3
"""Points. A narrower gap parts words, not columns."""
_BLANK: Final = 0.15
"""Share of a character's size that its neighbour keeps off."""

Edge = dict[str, Any]


class _Ladder(NamedTuple):
    left: float
    right: float
    ys: list[float]
    """Every height at which a line of the ladder lies, those of parts of its width too."""


def find_tables(page: Page, chars: Sequence[Char]) -> list[Table]:
    """Return a page's tables; `chars` are its characters, in which gutters are looked for."""
    finder = page.debug_tablefinder()
    horizontal = [edge for edge in finder.edges if edge["orientation"] == "h"]
    vertical = [edge for edge in finder.edges if edge["orientation"] == "v"]
    missing = [ruling for ladder in _ladders(horizontal) for ruling in _missing(ladder, vertical, chars)]
    return page.find_tables({"explicit_vertical_lines": missing}) if missing else finder.tables


def _ladders(horizontal: Sequence[Edge]) -> Iterator[_Ladder]:
    """Give the sets of lines that have the same ends."""
    held: defaultdict[tuple[int, int], list[Edge]] = defaultdict(list)
    for edge in sorted(horizontal, key=lambda e: (e["x0"], e["x1"])):
        near = (key for key in held if abs(key[0] - edge["x0"]) <= _SAME and abs(key[1] - edge["x1"]) <= _SAME)
        held[next(near, (edge["x0"], edge["x1"]))].append(edge)
    for (left, right), edges in _unbroken(held, horizontal):
        if len({round(edge["top"]) for edge in edges}) < _FEWEST_LINES:
            continue
        top, bottom = min(e["top"] for e in edges), max(e["top"] for e in edges)
        inside = {
            e["top"]
            for e in horizontal
            if top <= e["top"] <= bottom and left - _SAME <= e["x0"] and e["x1"] <= right + _SAME
        }
        yield _Ladder(left, right, sorted(inside))


def _unbroken(
    held: Mapping[tuple[int, int], Sequence[Edge]], horizontal: Sequence[Edge]
) -> Iterator[tuple[tuple[int, int], list[Edge]]]:
    """Part lines of the same ends where a line that goes on over these ends lies between them.

    There a row of the table begins whose cells are others, or another table.
    """
    for (left, right), edges in held.items():
        wider = sorted(
            e["top"]
            for e in horizontal
            if any(e["x0"] < end - _SAME and e["x1"] > end + _SAME for end in (left, right))
        )
        downwards = sorted(edges, key=lambda e: e["top"])
        for _, run in groupby(downwards, key=lambda e: bisect(wider, e["top"])):
            yield (left, right), list(run)


def _missing(ladder: _Ladder, vertical: Sequence[Edge], chars: Sequence[Char]) -> list[Edge]:
    """Return the rulings that a ladder lacks, band by band between its lines."""
    bands = list(zip(ladder.ys, ladder.ys[1:], strict=False))
    reaching = [[e["x0"] for e in vertical if e["top"] - _SAME <= (a + b) / 2 <= e["bottom"] + _SAME] for a, b in bands]
    inner = [[x for x in xs if ladder.left + _SAME < x < ladder.right - _SAME] for xs in reaching]
    if any(inner):
        wanted = [[ladder.left, ladder.right] if xs else [] for xs in inner]
    elif gutters := _gutters(ladder, bands, chars):
        wanted = [[ladder.left, ladder.right, *(x for x, free in gutters if free[n])] for n in range(len(bands))]
    else:
        return []
    return [
        {"x0": x, "x1": x, "top": a, "bottom": b, "height": b - a, "width": 0, "object_type": "line"}
        for (a, b), xs, drawn in zip(bands, wanted, reaching, strict=True)
        for x in xs
        if not any(abs(x - other) <= _SAME for other in drawn)
    ]


def _gutters(
    ladder: _Ladder, bands: Sequence[tuple[float, float]], chars: Sequence[Char]
) -> list[tuple[float, list[bool]]]:
    """Return the places that most rows leave free, and for each band whether it does."""
    covered = [_covered(ladder, band, chars) for band in bands]
    written = [band for band in covered if any(band)]
    width = len(covered[0])
    both = [sum(any(band[:x]) and any(band[x + 1 :]) and not band[x] for band in written) for x in range(width)]
    crossed = [sum(band[x] for band in written) for x in range(width)]
    open_ = [both[x] >= _FEWEST_ROWS and crossed[x] <= _MOST_CROSSED * len(written) for x in range(width)]
    found = []
    for start, end in _runs(open_):
        least = min(crossed[start:end])
        first, last = max(_runs([crossed[x] == least for x in range(start, end)]), key=lambda run: run[1] - run[0])
        if end - start >= _NARROWEST:
            middle = start + (first + last) // 2
            found.append((ladder.left + middle, [not band[middle] for band in covered]))
    return found


def _covered(ladder: _Ladder, band: tuple[float, float], chars: Sequence[Char]) -> list[bool]:
    """Say for each point of a ladder's width whether a band's text lies there."""
    covered = [False] * (int(ladder.right - ladder.left) + 1)
    for char in chars:
        if band[0] <= (char["top"] + char["bottom"]) / 2 <= band[1] and not char["text"].isspace():
            room = _BLANK * char["size"]
            start, end = int(char["x0"] - room - ladder.left), int(char["x1"] + room - ladder.left)
            for x in range(max(start, 0), min(end + 1, len(covered))):
                covered[x] = True
    return covered


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return first and past-last place of each run of true flags."""
    changes = [n for n, (a, b) in enumerate(zip([False, *flags], [*flags, False], strict=True)) if a != b]
    return list(zip(changes[::2], changes[1::2], strict=True))
