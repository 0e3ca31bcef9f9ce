"""How cells stand in the lines of a text: decided for each document by the evidence of all its lines."""

import polars as pl

_TAB_SHARE = 0.1
_PIPE_SHARE = 0.3
_SPACE_SHARE = 0.35
"""Shares of a document's lines from which on a separator is one. Tabs stand in a text by no accident; pipes part the
links of a page's navigation, blanks the words of a sentence here and there."""

_INNER_PIPE = r"[^\s|].*\|.*[^\s|]|^\s*\|(?:\s*\|)+.*[^\s|]"
"""A pipe between two cells; pipes around one text alone say that a cell has the line to itself."""
_INNER_BLANK = r"[^\s\u{3000}]{2,}[ \u{a0}\u{3000}]+[^\s\u{3000}]{2,}"
"""A blank between two words; between single characters (项 目) it only stretches one."""


def dialects(lines: pl.DataFrame) -> pl.Series:
    """Return the dialect (tab, pipe, space, cell) of each line's document.

    Args:
        lines: `document_id`, `raw_text`. In a document of dialect cell, a line with a tab is still of dialect tab.
    """
    raw = pl.col("raw_text")
    lines = lines.with_columns(tab=raw.str.contains("\t", literal=True), any=raw.str.len_bytes() > 0)
    per_document = lines.group_by("document_id", maintain_order=True).agg(
        tab=pl.col("tab").sum() > _TAB_SHARE * pl.col("any").sum()
    )
    others = (
        lines.join(per_document.filter(~pl.col("tab")), on="document_id", how="semi")
        .filter(raw.str.contains(r"\S"))
        .group_by("document_id")
        .agg(pipe=raw.str.contains(_INNER_PIPE).mean(), space=raw.str.contains(_INNER_BLANK).mean())
    )
    decided = per_document.join(others, on="document_id", how="left").select(
        "document_id",
        dialect=pl.when("tab")
        .then(pl.lit("tab"))
        .when(pl.col("pipe") > _PIPE_SHARE)
        .then(pl.lit("pipe"))
        .when(pl.col("space") > _SPACE_SHARE)
        .then(pl.lit("space"))
        .otherwise(pl.lit("cell")),
    )
    if decided.height == 1:
        joined = lines.with_columns(dialect=pl.lit(decided.item(0, "dialect")))
    else:
        joined = lines.join(decided, on="document_id", how="left", maintain_order="left")
    dialect = pl.when((pl.col("dialect") == "cell") & pl.col("tab")).then(pl.lit("tab")).otherwise("dialect")
    return joined.select(dialect.alias("dialect")).to_series()
