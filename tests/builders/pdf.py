"""PDF pages drawn by hand: texts and rulings where a test wants them, without any office program."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

SIZE = 10
"""Points; every character of the font is as wide as it is high."""


@dataclass
class Drawing:
    """A page of 600 × 800 points; places are given from its upper left corner, as a reader sees it."""

    marks: list[str] = field(default_factory=list)
    rotate: int = 0

    def text(self, x: float, y: float, text: str, angle: float = 0, size: float = SIZE) -> None:
        """Write text with its foot at y."""
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        place = f"{c:.4f} {s:.4f} {-s:.4f} {c:.4f} {x} {800 - y}"
        self.marks.append(f"BT /F1 {size} Tf {place} Tm <{text.encode('utf-16-be').hex()}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a ruling."""
        self.marks.append(f"{x0} {800 - y0} m {x1} {800 - y1} l S")

    def table(self, xs: Sequence[float], top: float, rows: Sequence[Sequence[str]], rulings: str = "hvs") -> float:
        """Write a table with rows of one line each (a line break in a cell makes its row higher); return its bottom.

        `rulings`: h between the rows, v between the columns, s at the sides.
        """
        y = top
        for row in rows:
            height = 16 + 14 * max(cell.count("\n") for cell in row)
            for x, cell in zip(xs, row, strict=False):
                for number, line in enumerate(cell.split("\n")):
                    self.text(x + 4, y + 12 + 14 * number, line)
            if "h" in rulings:
                self.line(xs[0], y, xs[-1], y)
            for number, x in enumerate(xs):
                if ("s" if number in {0, len(xs) - 1} else "v") in rulings:
                    self.line(x, y, x, y + height)
            y += height
        if "h" in rulings:
            self.line(xs[0], y, xs[-1], y)
        return y


def write(pages: Sequence[Drawing]) -> bytes:
    """Return the file."""
    font = "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[4 0 R]>>"
    parts = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        3: font,
        4: "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 5 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
        5: "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880"
        "/Descent -120/CapHeight 880/StemV 90>>",
    }
    kids = []
    for number, page in enumerate(pages):
        content = "\n".join(page.marks)
        at = 6 + 2 * number
        kids.append(f"{at} 0 R")
        parts[at] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Rotate {page.rotate}/Contents {at + 1} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        parts[at + 1] = f"<</Length {len(content)}>>stream\n{content}\nendstream"
    parts[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    body, places = b"%PDF-1.4\n", []
    for number in sorted(parts):
        places.append(len(body))
        body += f"{number} 0 obj\n{parts[number]}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(parts) + 1}/Root 1 0 R>>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF".encode()
