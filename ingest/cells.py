"""Lines → cells: how a line falls into cells, by the dialect that its document is written in."""

from typing import Final

import polars as pl

from ingest.schema import CELLS

BLANKS: Final = " \t\r\n\f\v\u00a0\u2002\u2003\u3000\u200b\ufeff"
"""What counts as white space around a cell; NFKC folds most of these, line readers do not."""

_TAGS: Final = r"(?i)</?(?:p|br|div|span|b|strong|font|td|tr|u|i)(?:\s[^<>]*)?/?>|&nbsp;"
"""Leftovers of HTML editors that stand in cells as text."""

_SPACE_CELL: Final = r"(?:[(（\[【][^()（）\[\]【】]*[)）\]】]|[^\s\u3000])+"
"""A cell where blanks separate cells: anything without a blank, blanks inside brackets allowed."""


_COVERED: Final = ["^", "^^"]
"""What markdown prints in a cell that the one above it covers."""


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
    numbered = without_tags(lines.select("dialect", raw).with_row_index("line"), "raw_text")
    dialects = lines.get_column("dialect").unique(maintain_order=True).to_list()
    frames = [
        _explode(numbered if len(dialects) == 1 else numbered.filter(pl.col("dialect") == dialect), parts[dialect])
        for dialect in dialects
    ]
    if "pipe" in dialects:
        frames = [frame.filter(~pl.col("text").is_in(_COVERED)) for frame in frames]
    if not frames:
        return pl.DataFrame(schema=CELLS)
    return frames[0] if len(frames) == 1 else pl.concat(frames).sort("line", maintain_order=True)


def without_tags(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Remove editors' tags from the texts of `column`, and make their hard blanks plain; the rare rows that hold any are
    rewritten, the rest untouched."""
    text = frame.get_column(column)
    tagged = text.str.contains("<|&nbsp;|\u00a0")
    if not tagged.any():
        return frame
    cleaned = text.filter(tagged).str.replace_all(r"(?i)<br\s*/?>", "\n").str.replace_all(_TAGS, "")
    cleaned = cleaned.str.replace_all("\u00a0", " ", literal=True)
    return frame.with_columns(text.clone().scatter(tagged.arg_true(), cleaned).alias(column))


def _explode(lines: pl.DataFrame, parts: pl.Expr) -> pl.DataFrame:
    text = pl.col("text")
    return (
        lines.lazy()
        .select(pl.col("line").cast(pl.UInt32), text=parts)
        .with_columns(column_no=pl.int_ranges(0, text.list.len(), dtype=pl.UInt16))
        .explode("column_no", "text")
        .filter(text.str.len_bytes() > 0)
        .with_columns(text.str.strip_chars(BLANKS))
        .filter(text.str.len_bytes() > 0)
        .select("line", "column_no", "text")
        .collect(engine="in-memory")
    )
