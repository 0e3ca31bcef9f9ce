"""Cells of an indicator table in a text with one cell a line → rows, where their number and their looks leave one way.

A run is what stands between two labels. It may hold several rows, and a content may go over several lines. Rows of a
content and a target end at the target; wider rows have all the same width and numbers below the columns of numbers.
What could be parted in two ways stays in one row: too wide for its header, it is quarantined.
"""

from typing import Final

import polars as pl

from ingest.columns import CLOSING, LEVEL_COLUMNS
from ingest.looks import TARGET

_SHORTEST: Final = 8
"""Characters that a line has at least where the width of its column broke it."""
_MOST: Final = 3
"""Columns of a table that may end with its targets: a third one for remarks."""
_NUMBERS: Final = ("col_weight", "col_score")
_NUMBER: Final = r"^[-\d０-９.,%％]+分?$|^[/—－-]+$"


def part(stream: pl.DataFrame) -> pl.DataFrame:
    """Part runs into rows.

    Args:
        stream: cells in reading order with `text`, `role`, `kind`, `part`, `speaks`, `begins`, `marked`.

    Returns:
        The cells, with more of them marked as `begins`, and `wraps`: the next cell goes on with this one's text.
    """
    table = (pl.col("part") == "table") & ~pl.col("speaks")
    stream = _headers(stream).with_columns(cell=table, run=pl.col("begins").cum_sum())
    nth = pl.col("cell").cum_sum().over("run").cast(pl.Int32) - 1
    stream = stream.with_columns(
        nth=nth,
        cells=pl.col("cell").sum().over("run").cast(pl.Int32),
        target=pl.col("cell") & pl.col("text").str.contains(TARGET),
    )
    # Two columns or more that may be blank behind the target: nothing says where a row ends.
    narrow = pl.col("cell") & ~pl.col("marked") & (pl.col("closed") == 2) & (pl.col("columns") <= _MOST)
    return _narrow(_wide(stream), narrow).drop("run", "nth", "cells", "target", "columns", "closed", "width", "cell")


def _headers(stream: pl.DataFrame) -> pl.DataFrame:
    """Add to each cell of a table what its header has: `columns` (levels not counted), `closed` (up to the last that is
    never blank), `width` (which of the two its rows have, by the run's length)."""
    row = pl.col("begins").cum_sum()
    opened = (
        (pl.col("part") == "table").any().over(row)
    )  # a table opens at its contents; columns before them are its own
    header = (
        (pl.col("kind") == "column")
        & pl.col("speaks")
        & opened
        & ~pl.col("role").is_in(LEVEL_COLUMNS).fill_null(value=False)
    )
    stream = stream.with_columns(at=pl.when(header).then(pl.col("role").cum_count().over(row)), row=row)
    names = stream.filter(pl.col("at").is_not_null()).with_columns(at=pl.int_range(1, pl.len() + 1).over("row"))
    of = names.group_by("row").agg(
        columns=pl.len().cast(pl.Int32),
        closed=pl.col("at").filter(pl.col("role").is_in(CLOSING)).max().cast(pl.Int32),
        numbers=(pl.col("at").filter(pl.col("role").is_in(_NUMBERS)) - 1).cast(pl.Int32),
    )
    filled = ("columns", "closed", "numbers")
    return (
        stream.join(of, on="row", how="left", maintain_order="left")
        .with_columns(pl.col(name).forward_fill() for name in filled)
        .drop("at", "row")
        .with_columns(
            pl.col("columns").fill_null(2),
            pl.col("closed").fill_null(2),
            width=pl.lit(None, pl.Int32),
            headed=pl.col("columns").is_not_null(),
        )
    )


def _wide(stream: pl.DataFrame) -> pl.DataFrame:
    """Part runs by width: where blank cells are marked, or where all rows are full and numbers where they must be."""
    cells, nth = pl.col("cells"), pl.col("nth")
    stream = stream.with_columns(width=pl.when(pl.col("marked")).then("columns").otherwise("closed"))
    place = nth % pl.col("width")
    number = pl.col("text").str.contains(_NUMBER)
    wrong = pl.col("cell") & ((pl.col("numbers").list.contains(place) & ~number) | ((place == 0) & number))
    fits = (cells % pl.col("width") == 0) & ~wrong.any().over("run")
    even = (
        pl.col("cell")
        & (nth > 0)
        & (place == 0)
        & pl.col("headed")
        & (pl.col("marked") | ((pl.col("closed") > 2) & fits))
    )
    return stream.with_columns(begins=pl.col("begins") | even).drop("numbers")


def _narrow(stream: pl.DataFrame, narrow: pl.Expr) -> pl.DataFrame:
    """Part runs of contents and targets: a line that fills its column's width goes on, a target ends the row."""
    text, run = pl.col("text"), "run"
    length = text.str.len_chars().cast(pl.Int32)
    stream = stream.with_columns(narrow=narrow).with_columns(
        longest=pl.when("narrow", ~pl.col("target")).then(length).max().over("document_id")
    )
    last = (pl.col(run) != pl.col(run).shift(-1)).fill_null(value=True) | pl.col("speaks").shift(-1).fill_null(
        value=True
    )
    full = (length >= _SHORTEST) & (length >= pl.col("longest") - 2)
    more = pl.col("cells") > 2
    wraps = pl.col("narrow") & more & full & ~pl.col("target") & ~last & ~pl.col("target").shift(-1)
    stream = stream.with_columns(wraps=wraps.fill_null(value=False))
    words = pl.col("narrow") & ~pl.col("target") & ~pl.col("wraps")
    segment = (pl.col("target") & pl.col("narrow")).cast(pl.Int32).cum_sum().over(run) - (
        pl.col("target") & pl.col("narrow")
    )
    stream = stream.with_columns(segment=segment, words=words)
    ends = pl.col("target").any().over(run, "segment")
    count = pl.col("words").sum().over(run, "segment").cast(pl.Int32)
    place = pl.col("words").cum_sum().over(run, "segment").cast(pl.Int32)
    # [content target], or [content value] [content target]: an odd number of texts before a target. Without a header
    # nothing says that a text may be a value.
    fits = (
        pl.when(ends)
        .then((count == 1) | (pl.col("headed") & (count % 2 == 1)))
        .otherwise((count == 0) | (pl.col("headed") & (count == 2)) | ((count == 1) & (pl.col("columns") > 2)))
    )
    stream = stream.with_columns(fits=(fits | ~pl.col("narrow")).all().over(run), place=place, ends=ends)
    after_target = pl.col("target").shift(1) & (pl.col(run) == pl.col(run).shift(1))
    after_value = (
        pl.col("words").shift(1)
        & (pl.col("place").shift(1) % 2 == 0)
        & (pl.col("segment") == pl.col("segment").shift(1))
        & (pl.col(run) == pl.col(run).shift(1))
    )
    remark = ~pl.col("ends") & (pl.col("words").sum().over(run, "segment") == 1)
    begins = pl.col("narrow") & more & pl.col("fits") & (after_target | after_value) & ~remark
    return stream.with_columns(
        begins=pl.col("begins") | begins.fill_null(value=False), wraps=pl.col("wraps") & pl.col("fits")
    ).drop("longest", "segment", "words", "fits", "place", "ends", "narrow", "headed")
