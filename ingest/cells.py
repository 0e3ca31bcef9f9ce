"""Lines → cells: how a line falls into cells, by the dialect that its document is written in."""

import polars as pl

from ingest.schema import CELLS

BLANKS = " \t\r\n\f\v\u00a0\u2002\u2003\u3000\u200b\ufeff"
"""What counts as white space around a cell; NFKC folds most of these, line readers do not."""

_TAGS = r"(?i)</?(?:p|br|div|span|b|strong|font|td|tr|u|i)(?:\s[^<>]*)?/?>|&nbsp;"
"""Leftovers of HTML editors that stand in cells as text."""

_SPACE_CELL = r"(?:[(（\[【][^()（）\[\]【】]*[)）\]】]|[^\s\u3000])+"
"""A cell where blanks separate cells: anything without a blank, blanks inside brackets allowed."""


def split(lines: pl.DataFrame) -> pl.DataFrame:
    """Split LINES into CELLS.

    Args:
        lines: frame with at least `dialect` and `raw_text`, in reading order.

    Returns:
        CELLS, sorted by line and column; `line` is the row index into `lines`.
    """
    raw = pl.col("raw_text")
    parts = {
        "tab": raw.str.split("\t"),
        "cell": raw.str.strip_chars_end("|" + BLANKS).str.split("\t"),
        "pipe": raw.str.strip_chars(BLANKS).str.strip_prefix("|").str.split("|"),
        "space": raw.str.extract_all(_SPACE_CELL),
    }
    numbered = lines.select("dialect", raw).with_row_index("line")
    frames = [
        _explode(numbered.lazy().filter(pl.col("dialect") == dialect).select("line", parts[dialect].alias("text")))
        for dialect in lines.get_column("dialect").unique(maintain_order=True)
    ]
    if not frames:
        return pl.DataFrame(schema=CELLS)
    cells = frames[0] if len(frames) == 1 else pl.concat(frames).sort("line", "column_no")
    return clean(cells)


def clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Remove editors' tags and outer white space; drop cells that are blank then."""
    tagged = cells.get_column("text").str.contains_any(["<", "&nbsp;"]).any()
    if tagged:
        cells = cells.with_columns(
            pl.when(pl.col("text").str.contains_any(["<", "&nbsp;"]))
            .then(pl.col("text").str.replace_all(_TAGS, "").str.strip_chars(BLANKS))
            .otherwise("text")
            .alias("text")
        ).filter(pl.col("text") != "")
    return cells


def _explode(parts: pl.LazyFrame) -> pl.DataFrame:
    return (
        parts.with_columns(column_no=pl.int_ranges(0, pl.col("text").list.len(), dtype=pl.UInt16))
        .explode("text", "column_no")
        .with_columns(pl.col("text").str.strip_chars(BLANKS))
        .filter(pl.col("text") != "")
        .select(pl.col("line").cast(pl.UInt32), "column_no", "text")
        .collect(engine="in-memory")
        .sort("line", "column_no")
    )
