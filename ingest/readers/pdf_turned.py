"""What does not stand upright on a PDF page: whole pages that lie on their side, and watermarks across the text."""

from collections import Counter
from typing import Any, Final

from pdfplumber.page import Page

from ingest.readers.pdf_text import Char

_SLANT: Final = 0.1
"""From this tangent on a character is turned, not only printed in a leaning face."""


def upright(page: Page) -> Page:
    """Return the page turned so that most of its characters stand upright, whatever its own rotation says."""
    turns = Counter(_turn(char["matrix"]) for char in page.chars)
    turn = turns.most_common(1)[0][0] if turns else 0
    if not turn:
        return page
    page.page_obj.rotate = (page.page_obj.rotate + turn) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    turned = Page(page.pdf, page.page_obj, page.page_number)
    page.close()
    return turned


def is_slanted(char: Char) -> bool:
    """Say whether a character stands askew: a watermark, no part of what is written below it."""
    a, b, c, d = (abs(part) for part in char["matrix"][:4])
    return min(a, b) > _SLANT * max(a, b) and min(c, d) > _SLANT * max(c, d)


def _turn(matrix: tuple[Any, ...]) -> int:
    """Return by how many degrees clockwise a character must be turned to stand upright."""
    a, b = matrix[:2]
    if abs(b) > abs(a):
        return 90 if b > 0 else 270
    return 180 if a < 0 and matrix[3] < 0 else 0
