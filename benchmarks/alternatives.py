"""What a user would do instead, on the same forms: `uv run --with 'markitdown[docx,pdf]==0.1.9' python -m benchmarks.alternatives`.

Text: pandas with regular expressions, the plain loop, and ours, all down to typed values. Word and PDF: document parsers
give the text of cells and stop there; ours goes down to typed values. Processor milliseconds a form, best of some rounds. A
language model's price is computed: characters a form, its maker's rule of thumb for tokens, list prices (docs/sizing.md).
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import docx
import pandas as pd
import pdfplumber

from benchmarks.generate import TITLE, forms
from benchmarks.line_loop import LEVEL1, LEVEL2, parse
from ingest import batches, documents
from tests.builders.containers import WRITERS
from tests.builders.layout import Block, plain

VALUE = r"^(?P<operator>[≥≤=<>约]?)(?P<number>[\d,.]+)(?P<unit>\D*)$"
TOKENS_A_CHARACTER = {True: 0.6, False: 0.3}
"""Chinese or not: api-docs.deepseek.com/quick_start/token_usage, read in November 2026."""
PRICES = {"DeepSeek V3.1": (0.56, 1.68), "GPT-4.1 mini": (0.40, 1.60)}
"""US dollars for a million tokens in and out; sources and dates in docs/sizing.md."""


def with_pandas(text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fields and indicators of the sample's layout, as one writes it in an afternoon: no milestones, no dates, no ledger."""
    lines = pd.Series(text.split("\n"))
    form = lines.str.startswith(TITLE).cumsum()
    cells = lines.str.split("\t", expand=True).iloc[:, :5].apply(lambda column: column.str.strip())
    flat = cells.fillna("").agg("\t".join, axis=1)
    patterns = {
        "project_name": r"^项目名称\t([^\t]+)",
        "project_code": r"项目编码\t(\d+)",
        "department": r"项目主管单位\t([^\t]+)",
        "total": r"\t合计\t+([\d,.]+)",
    }
    fields = pd.DataFrame(
        {name: flat.str.extract(p, expand=False).groupby(form).first() for name, p in patterns.items()}
    )
    fields["total"] = pd.to_numeric(fields["total"].str.replace(",", ""))
    in_table = flat.str.contains("一级指标").groupby(form).cumsum().astype(bool) & ~flat.str.contains("一级指标")
    rest = flat[in_table & flat.str.contains("\t[^\t]")].str.strip("\t").str.split(r"\t+", regex=True)
    level1 = rest.str[0].where(rest.str[0].isin(LEVEL1)).groupby(form).ffill()
    second = rest.str[0].where(rest.str[0].isin(LEVEL2), rest.str[1])
    level2 = second.where(second.isin(LEVEL2)).groupby([form, level1.fillna("")]).ffill()
    found = pd.DataFrame(
        {"form": form, "level1": level1, "level2": level2, "content": rest.str[-2], "value": rest.str[-1]}
    )
    typed = found.dropna(subset="value")["value"].str.extract(VALUE)
    return fields, found.dropna(subset="value").join(typed)


def of_docx(file: Path) -> object:
    """Take the text of every cell with python-docx."""
    return [[cell.text for cell in row.cells] for table in docx.Document(str(file)).tables for row in table.rows]


def of_pdf(file: Path) -> object:
    """Take every table with pdfplumber."""
    with pdfplumber.open(file) as pdf:
        return [page.extract_tables() for page in pdf.pages]


def of_markitdown(file: Path) -> object:
    """Turn the file into Markdown."""
    from markitdown import MarkItDown  # pyright: ignore[reportMissingImports]  # noqa: PLC0415

    return MarkItDown().convert(str(file)).text_content


def ours(file: Path) -> object:
    """Down to typed indicators; returns how many."""
    found = documents.scan(file.parents[1])
    return sum(batch.frames["indicator"].height for batch in batches.frames(found, "benchmark"))


def milliseconds(work: Callable[[], object], count: int, rounds: int = 3) -> float | None:
    """Return the processor milliseconds a form of the best round; None where the tool is not installed."""
    taken = []
    for _ in range(rounds):
        began = _processor()
        try:
            work()
        except ModuleNotFoundError:
            return None
        taken.append(_processor() - began)
    return round(1000 * min(taken) / count, 2)


def _processor() -> float:
    """Return the seconds of this process and of those that it has started and seen end."""
    return sum(os.times()[:4])


def blocks(texts: list[str]) -> list[Block]:
    """Return forms as a person sees them: a heading, a table."""
    seen: list[Block] = []
    for text in texts:
        rows = [line.split("\t") for line in text.split("\n") if line.strip()]
        seen += [rows[0][0], plain(rows[1:])]
    return seen


def model(texts: list[str]) -> dict[str, float]:
    """Return tokens in and out for one form, and its price in US dollars by model, one form a request, no instructions."""
    asked = "".join(texts)
    read, indicators, _ = parse(asked)
    answer = json.dumps([read, indicators], ensure_ascii=False, default=str)
    tokens_in, tokens_out = (_tokens(text) / len(texts) for text in (asked, answer))
    prices = {name: (tokens_in * i + tokens_out * o) / 1e6 for name, (i, o) in PRICES.items()}
    return {"tokens_in": round(tokens_in), "tokens_out": round(tokens_out), **prices}


def _tokens(text: str) -> float:
    chinese = len(re.findall(r"[\u3000-\u9fff\uff00-\uffef]", text))
    return chinese * TOKENS_A_CHARACTER[True] + (len(text) - chinese) * TOKENS_A_CHARACTER[False]


def of_text(folder: Path, texts: list[str]) -> dict[str, float | None]:
    """Compare the ways over text."""
    file = folder / "2023" / "a.txt"
    file.parent.mkdir(parents=True)
    file.write_text("".join(texts), "utf-8")
    ways = {"pandas": with_pandas, "loop": parse}
    taken = {name: milliseconds(lambda way=way: way(file.read_text("utf-8")), len(texts)) for name, way in ways.items()}
    return taken | {"ours": milliseconds(lambda: ours(file), len(texts))}


def of_file(folder: Path, texts: list[str], bare: Callable[[Path], object], kind: str) -> dict[str, float | None]:
    """Compare the ways over one Word or PDF file that holds the forms."""
    file = folder / "2023" / f"a.{kind}"
    file.parent.mkdir(parents=True)
    WRITERS[kind](blocks(texts), file)
    ways = {"library": bare, "markitdown": of_markitdown, "ours": ours}
    return {name: milliseconds(lambda way=way: way(file), len(texts)) for name, way in ways.items()}


def main() -> None:
    """Measure and print one JSON object a kind of file."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--forms", type=int, default=1000)
    arguments.add_argument("--in-file", type=int, default=100, help="forms in the Word and PDF files")
    given = arguments.parse_args()
    texts = list(forms(given.forms))
    few = texts[: given.in_file]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({"text": of_text(Path(folder) / "text", texts)}), flush=True)
        print(json.dumps({"docx": of_file(Path(folder) / "docx", few, of_docx, "docx")}), flush=True)
        print(json.dumps({"pdf": of_file(Path(folder) / "pdf", few, of_pdf, "pdf")}), flush=True)
    print(json.dumps({"model": model(texts)}))


if __name__ == "__main__":
    main()
