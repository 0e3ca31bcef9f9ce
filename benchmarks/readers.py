"""Each reader against its bare library on the same file, in one run: `uv run python -m benchmarks.readers`.

The bare side does what a user of the library alone would do: open the file and take the text of every cell. Figures are
CPU time, and ratios of the best of several rounds (1.0: as fast as the bare library). Wanted: at least 0.5 for each.
"""

import argparse
import io
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import polars as pl
import python_calamine
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.pdf import read_pdf
from ingest.readers.sheets import read_xls, read_xlsx
from ingest.readers.text import read_texts
from ingest.readers.zips import members
from tests.builders.containers import WRITERS, write_txt
from tests.builders.layout import Block, plain

SAMPLE = Path(__file__).parents[1] / "ingest/sample/2023/liuzhou-2023.txt"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def bare_html(data: bytes) -> object:
    """Take the text of every cell."""
    return [cell.text() for row in LexborHTMLParser(data).css("tr") for cell in row.css("td")]


def bare_sheets(data: bytes) -> object:
    """Take every sheet's values."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def bare_docx(data: bytes) -> object:
    """Take the text of every cell, without a thought for merged ones."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        document = etree.fromstring(archive.read("word/document.xml"))
    return [
        ["".join(text.text or "" for text in cell.iter(f"{WORD}t")) for cell in row.iter(f"{WORD}tc")]
        for row in document.iter(f"{WORD}tr")
    ]


def bare_pdf(data: bytes) -> object:
    """Take tables and text of every page."""
    found = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            found.append((page.extract_tables(), page.extract_text()))
            page.close()
    return found


def bare_text(data: bytes, mark: str = "\t") -> object:
    """Take the text of every cell, as polars splits lines and cells."""
    return pl.read_lines(data).to_series().str.split(mark)


def bare_zip(data: bytes) -> object:
    """Take the text of every cell of every member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [bare_text(archive.read(name)) for name in archive.namelist()]


def our_zip(data: bytes) -> object:
    """Read the texts of an archive as a load does: its members, then all of them in one frame."""
    held = [(member.name, member.stream.read()) for member in members(io.BytesIO(data)) if member.stream]
    return read_texts(held)


def our_text(data: bytes) -> object:
    """Read one text."""
    return read_texts([("document", data)])


PAIRS: dict[str, tuple[Callable[[bytes], object], Callable[[bytes], object]]] = {
    "html": (bare_html, read_html),
    "xlsx": (bare_sheets, read_xlsx),
    "xls": (bare_sheets, read_xls),
    "docx": (bare_docx, read_docx),
    "pdf": (bare_pdf, read_pdf),
    "txt": (bare_text, our_text),
    "md": (lambda data: bare_text(data, "|"), our_text),
    "zip": (bare_zip, our_zip),
}
_MANY = 300
"""So many times the sample's text is taken for the formats that are read fast: lines of one text, or members of a zip."""


def best(function: Callable[[bytes], object], data: bytes, rounds: int) -> float:
    """Return the CPU seconds of the quickest round."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        function(data)
        seconds.append(time.process_time() - start)
    return min(seconds)


def _file(name: str, table: list[Block], folder: Path) -> tuple[bytes, int]:
    """Write the table in a format; return the file and how often the table is in it."""
    path = Path(folder, f"a.{name}")
    if name in WRITERS and name != "txt":
        WRITERS[name](table, path)
        return path.read_bytes(), 1
    write_txt(table, path)
    text = path.read_bytes() + b"\n"
    if name == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(_MANY):
                archive.writestr(f"{number}.txt", text)
        return packed.getvalue(), _MANY
    return (text if name == "txt" else text.replace(b"\t", b" | ")) * _MANY, _MANY


def main() -> None:
    """Build the files, time both sides, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=4, help="how often the sample's forms are repeated in each file")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    lines = [line for line in SAMPLE.read_text(encoding="utf-8").split("\n") if line.strip()]
    table: list[Block] = [plain([line.split("\t") for line in lines] * options.times)]
    rows = len(lines) * options.times
    print(f"{'format':8}{'bytes':>12}{'rows/s':>12}{'MB/s':>8}{'bare rows/s':>14}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, (bare, reader) in PAIRS.items():
            data, copies = _file(name, table, Path(folder))
            theirs, ours = best(bare, data, options.rounds), best(reader, data, options.rounds)
            print(
                f"{name:8}{len(data):12,}{rows * copies / ours:12,.0f}{len(data) / ours / 1e6:8.1f}"
                f"{rows * copies / theirs:14,.0f}{theirs / ours:8.2f}"
            )


if __name__ == "__main__":
    main()
