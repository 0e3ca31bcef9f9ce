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
from tests.builders.containers import WRITERS
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


PAIRS: dict[str, tuple[Callable[[bytes], object], Callable[[bytes], object]]] = {
    "html": (bare_html, read_html),
    "xlsx": (bare_sheets, read_xlsx),
    "xls": (bare_sheets, read_xls),
    "docx": (bare_docx, read_docx),
    "pdf": (bare_pdf, read_pdf),
    "txt": (pl.read_lines, lambda data: read_texts([("document", data)])),
}


def best(function: Callable[[bytes], object], data: bytes, rounds: int) -> float:
    """Return the CPU seconds of the quickest round."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        function(data)
        seconds.append(time.process_time() - start)
    return min(seconds)


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
            path = Path(folder, f"a.{name}")
            WRITERS[name](table, path)
            data = path.read_bytes() if name != "txt" else (path.read_bytes() + b"\n") * 300
            factor = 300 if name == "txt" else 1
            theirs, ours = best(bare, data, options.rounds), best(reader, data, options.rounds)
            print(
                f"{name:8}{len(data):12,}{rows * factor / ours:12,.0f}{len(data) / ours / 1e6:8.1f}"
                f"{rows * factor / theirs:14,.0f}{theirs / ours:8.2f}"
            )


if __name__ == "__main__":
    main()
