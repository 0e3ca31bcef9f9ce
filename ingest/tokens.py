"""Cells → tokens: every cell with the role that the lexicon gives its words. Each distinct text is looked up once."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.cells import BLANKS

ROLES: Final = pl.Enum([*lexicon.labels().get_column("role").unique(maintain_order=True), "title", "ruler"])
"""What a labelled cell is; NULL for all other text."""

LONGEST_LABEL: Final = 120
"""Bytes. No label of the lexicon comes near it, with notes in brackets and blanks between the characters."""

_LABEL_AND_VALUE = r"^([^:：\n]{1,30})[:：]([\s\S]+)$"
_RULER = r"^[\s\-_=—–|+:]+$"
_TITLE = r"^[^。；;，]{0,90}绩效[^。；;，:：]{0,14}表[\s]*(?:[(（\[][^()（）]{0,30}[)）\]])?$"
_SUBTITLE = r"^[(（]?(?:(?:19|20)\d{2}年?度?|年度)[)）]?$"
_ONLY = {"project_name", "project_code", "unit", "department", "attribute", "category", "nature", "starts_on", "ends_on",
         "period", "fiscal_year", "other_field", "total", "whole_total", "source", "source_level", "goal",
         "goal_project", "goal_result", "sum"}
"""Roles whose value may stand in the label's own cell, behind a colon (项目名称：…)."""


def tokens(cells: pl.DataFrame) -> pl.DataFrame:
    """Give each cell its role.

    Args:
        cells: CELLS.

    Returns:
        `line`, `column_no`, `text`, `role` (ROLES or NULL), `word` (the lexicon's, NULL without a role), `means`;
        sorted by line and column. A cell that holds label and value ("项目名称：…") becomes two tokens of one column.
    """
    cells = _part_labels_from_values(cells)
    known = _known(cells.get_column("text"))
    return cells.join(known, on="text", how="left", maintain_order="left")


def _known(texts: pl.Series) -> pl.DataFrame:
    """Return each distinct text that is a label, with its role."""
    short = texts.filter(texts.str.len_bytes() <= LONGEST_LABEL).unique().to_frame("text")
    text = pl.col("text")
    candidates = short.filter(text.str.contains_any(lexicon.hints()) | text.str.contains(r"\s"))
    words = candidates.with_columns(word=lexicon.normalise(text)).join(lexicon.labels(), on="word")
    rulers = short.filter(text.str.contains(r"^[-_=—–|+:]") & text.str.contains(_RULER)).select(
        text, word=pl.lit(None, pl.String), role=pl.lit("ruler"), means=pl.lit(None, pl.String)
    )
    return pl.concat([words.select("text", "word", "role", "means"), rulers]).cast({"role": ROLES})


def titles(texts: pl.Expr) -> pl.Expr:
    """Say whether a text is a form's title (…绩效目标申报表) or the line of the year below it (（2026年度）)."""
    squeezed = texts.str.replace_all(r"[\s]+", "")
    return (squeezed.str.contains(_TITLE) | squeezed.str.contains(_SUBTITLE)) & (
        texts.str.len_bytes() <= 400
    )


def _part_labels_from_values(cells: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    joined = cells.filter(text.str.contains(r"^[^:：\n]{2,24}[:：]\s*[^\s:：]"))
    if not joined.height:
        return cells
    found = (
        joined.select(text.unique())
        .with_columns(text.str.extract_groups(_LABEL_AND_VALUE).alias("part"))
        .with_columns(
            label=text.str.extract(_LABEL_AND_VALUE, 1), value=text.str.extract(_LABEL_AND_VALUE, 2).str.strip_chars(BLANKS)
        )
        .with_columns(word=lexicon.normalise(pl.col("label")))
        .join(lexicon.labels().filter(pl.col("role").is_in(list(_ONLY))), on="word")
        .filter(pl.col("value") != "")
        .select("text", parts=pl.concat_list("label", "value"))
    )
    if not found.height:
        return cells
    return (
        cells.join(found, on="text", how="left", maintain_order="left")
        .with_columns(parts=pl.col("parts").fill_null(pl.concat_list("text")))
        .drop("text")
        .explode("parts")
        .rename({"parts": "text"})
        .select("line", "column_no", "text")
    )
