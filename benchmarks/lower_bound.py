"""What no reading of these forms can avoid, part by part, against the floor: `uv run python -m benchmarks.lower_bound`.

Every decision (what a line is, which cell goes to which column) is taken from a real run beforehand and costs nothing here.
What is left is done as lean as polars can: bytes and their sha256, lines, cells, each cell looked up among the labels, each
distinct target typed once by the patterns of the line loop, and all of it brought into the columns of the lake's tables.
Keys are no part of it: they are made in the warehouse. Processor seconds, which hold on a busy machine too.
"""

import argparse
import hashlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from benchmarks import line_loop
from benchmarks.generate import forms
from benchmarks.ingest import floor
from ingest import batches, documents, lexicon
from ingest.cells import BLANKS
from ingest.schema import LAKE, MONEY, NUMBER

SPENT: defaultdict[str, float] = defaultdict(float)
FIELDS = 12
"""Columns of a form that hold a cell each."""


@contextmanager
def part(name: str) -> Iterator[None]:
    """Add the processor time of what is done inside to the part's."""
    began = time.process_time()
    yield
    SPENT[name] += time.process_time() - began


def decisions(file: Path) -> Iterator[dict[str, pl.DataFrame]]:
    """Give what a real run decides, batch by batch: where each row of a table stands, counted from the batch's first line."""
    found = documents.scan(file.parent).filter(pl.col("status") == "document")
    for batch in batches.frames(found, "benchmark"):
        lines = batch.frames["source_line"]
        first = lines.item(0, "line_no")
        rows = {name: batch.frames[name] for name in ("indicator", "funding")}
        yield {
            "source_line": lines.select("disposition", "form_no", length=pl.col("raw_text").str.len_bytes() + 1),
            "form": batch.frames["form"].select("form_no", line=pl.col("line_start") - first),
            **{name: rows[name].select("form_no", line=pl.col("line_no") - first) for name in rows},
        }


def cells_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Split lines into cells: `line`, `column_no`, `text`."""
    text = pl.col("text")
    plan = (
        lines.lazy()
        .select("line", text=pl.col("raw_text").str.split("\t"))
        .with_columns(column_no=pl.int_ranges(0, text.list.len(), dtype=pl.UInt16))
        .explode("column_no", "text")
        .with_columns(text.str.strip_chars(BLANKS))
    )
    return plan.filter(text.str.len_bytes() > 0).collect(engine="in-memory")


def typed(values: pl.Series) -> pl.DataFrame:
    """Type distinct targets as the line loop does, one row each."""
    text, at = pl.col("text"), pl.int_range(pl.len(), dtype=pl.UInt32)
    rest = values.to_frame("raw").select(at=at, text=pl.col("raw").str.normalize("NFKC").str.replace_all(" ", ""))
    found = []
    for pattern in (line_loop.NUMBER, line_loop.WRAPPED):
        parts = rest.with_columns(text.str.extract_groups(pattern.pattern).alias("parts")).unnest("parts")
        found.append(parts.filter(pl.col("2").is_not_null()))
        rest = parts.filter(pl.col("2").is_null()).select("at", "text")
    numbers = pl.concat(found, how="diagonal").select(
        "at",
        target_kind=pl.lit("numeric"),
        operator=pl.col("1").replace_strict({k: v for k, v in line_loop.OPERATORS.items() if k}, default="="),
        target_value=pl.col("2").str.replace_all(",", "", literal=True).cast(NUMBER, strict=False),
        factor=pl.col("3").replace_strict({"万": 10**4, "亿": 10**8}, default=1, return_dtype=pl.Int64),
        unit=pl.col("3").fill_null("") + pl.col("4"),
    )
    based = (pl.col("target_value") * pl.col("factor")).cast(NUMBER, strict=False)
    dated = rest.with_columns(text.str.extract_groups(line_loop.DATE.pattern).alias("parts")).unnest("parts")
    dated = dated.filter(pl.col("1").is_not_null() | pl.col("2").is_not_null())
    year, month = (pl.col(name).cast(pl.Int32) for name in ("1", "2"))
    due = pl.date(year.fill_null(2023), month.fill_null(12).clip(1, 12), 1).dt.month_end()
    others = rest.select(
        "at",
        target_kind=pl.when(text.str.count_matches(line_loop.STEP.pattern) > 1)
        .then(pl.lit("milestones"))
        .when(text.str.contains(line_loop.PERIOD.pattern))
        .then(pl.lit("frequency")),
    ).drop_nulls()
    known = [
        numbers.with_columns(base_value=based, base_unit="unit").drop("factor"),
        dated.select("at", target_kind=pl.lit("deadline"), due_on=due),
        others,
    ]
    first = pl.concat(known, how="diagonal").unique("at", keep="first")
    frame = values.to_frame("raw").with_columns(at=at).join(first, on="at", how="left", maintain_order="left")
    words = pl.when(pl.col("target_kind").is_null()).then("raw")
    return frame.with_columns(pl.col("target_kind").fill_null("qualitative"), target_text=words).drop("at", "raw")


def whole(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Bring a frame into the lake's schema; NULL in columns that it does not have."""
    return frame.select(
        pl.col(column).cast(kind) if column in frame.columns else pl.lit(None, kind).alias(column)
        for column, kind in LAKE[name].items()
    )


def read(block: bytes, told: dict[str, pl.DataFrame], key: str) -> list[pl.DataFrame]:
    """Bring a block of lines into the lake's tables, by decisions made before."""
    with part("lines"):
        lines = pl.read_lines(block, name="raw_text").with_row_index("line")
    with part("cells"):
        cells = cells_of(lines)
    with part("labels looked up"):
        cells.get_column("text").cast(lexicon.words(), strict=False).to_physical()
    text = cells.get_column("text")
    last = cells.select((pl.col("line") != pl.col("line").shift(-1)).fill_null(value=True).arg_true()).to_series()
    at = pl.zeros(lines.height, pl.UInt32, eager=True).scatter(cells.get_column("line")[last], last)
    ends = {name: at[told[name].get_column("line")] for name in ("form", "funding", "indicator")}
    with part("targets typed"):
        values = text[ends["indicator"]]
        distinct = values.unique(maintain_order=True).to_frame("value").with_row_index("index")
        index = values.to_frame("value").join(distinct, on="value", how="left", maintain_order="left")
        targets = typed(distinct.get_column("value"))[index.get_column("index")]
    with part("columns of the tables"):
        rows = {name: told[name].with_columns(line_no="line", document_id=pl.lit(key)) for name in ends}
        amount = pl.col("amount_raw").str.replace_all(",", "", literal=True).cast(MONEY, strict=False)
        own = [text[(ends["form"] + n).clip(upper_bound=len(text) - 1)].alias(f"{n}") for n in range(FIELDS)]
        before = {name: [text[ends[name] - n] for n in (1, 2)] for name in ("funding", "indicator")}
        levels = {"level1": before["indicator"][1], "level2": before["indicator"][1], "content": before["indicator"][0]}
        money = rows["funding"].with_columns(label=before["funding"][0], amount_raw=text[ends["funding"]])
        lined = lines.drop("line").hstack(told["source_line"]).with_columns(document_id=pl.lit(key), place=pl.lit(""))
        return [
            whole(rows["indicator"].with_columns(value_raw=values, **levels).hstack(targets), "indicator"),
            whole(money.with_columns(amount_yuan=amount), "funding"),
            whole(lined, "source_line"),
            whole(rows["form"], "form").hstack(own),
        ]


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "2023" / "forms.txt"
        file.parent.mkdir()
        with file.open("w", encoding="utf-8") as out:
            out.writelines(forms(megabytes=given.size))
        known = list(decisions(file))
        for _ in range(given.rounds):
            with part("floor"):
                floor(file)
            with part("sha256"), file.open("rb") as stream:
                key = hashlib.file_digest(stream, "sha256").hexdigest()
            with file.open("rb") as stream:
                for told in known:
                    with part("bytes"):
                        block = stream.read(int(told["source_line"].get_column("length").sum()))
                    read(block, told, key)
    least = SPENT.pop("floor")
    for name, seconds in {**SPENT, "all": sum(SPENT.values())}.items():
        print(f"{name:<24} {seconds / given.rounds:5.2f} s   {seconds / least:4.2f} floors")


if __name__ == "__main__":
    main()
