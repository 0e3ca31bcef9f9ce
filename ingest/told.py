"""Amounts told in words in one cell (320万元，其中：财政拨款300万元，自筹20万元) → a label and an amount each."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.money import ROWS
from ingest.tokens import ROLES

_AMOUNT: Final = r"(-?\d[\d,.]*\s*(?:亿|百万|万|千)?元)"
_PIECE: Final = rf"(?:^|[，,；;、。（(\s])\s*(?:其中)?[:：，,]?\s*(\p{{Han}}{{2,20}}?)(?:[:：为计]|共计)?\s*{_AMOUNT}"
_WHOLE: Final = rf"^[^\x02]*\x02{_AMOUNT}[)）。；;，,、\s]*$"
_MAYBE: Final = rf"\d\s*(?:亿|百万|万|千)?元[^\n]*\p{{Han}}{{2}}[^\d\n]*{_AMOUNT}|^\p{{Han}}{{2,20}}{_AMOUNT}"
_LONGEST: Final = 400


def amounts(money: pl.DataFrame) -> pl.DataFrame:
    """Part the cells of the money block that tell amounts in words, where each of their labels is known.

    Args:
        money: tokens of money lines, with ROLES and `label`, sorted by line and column.

    Returns:
        The tokens; of a cell so told a token a label and one an amount.
    """
    text = pl.col("text")
    plain = pl.col("role").is_null() & (text.str.len_bytes() <= _LONGEST)
    told = money.select("text", plain=plain).filter("plain").select(text.unique()).filter(text.str.contains(_MAYBE))
    if not told.height:
        return money
    pieces = (
        told.with_columns(
            piece=text.str.replace_all(_PIECE, "\x01${1}\x02${2}")
            .str.replace(rf"^{_AMOUNT}", "\x01\x02${1}")
            .str.strip_prefix("\x01")
            .str.split("\x01")
        )
        .explode("piece")
        .with_columns(word=lexicon.normalise(pl.col("piece").str.extract("^([^\x02]*)\x02", 1)))
        .join(lexicon.labels().filter(pl.col("role").is_in(ROWS)), on="word", how="left", maintain_order="left")
    )
    named = pl.col("label").is_not_null() | (pl.col("word") == "")
    pieces = pieces.filter((named & pl.col("piece").str.contains(_WHOLE)).fill_null(value=False).all().over("text"))
    if not pieces.height:
        return money
    parts = pieces.select(
        "text",
        told=pl.col("piece").str.split("\x02"),
        named=pl.concat_list("label", pl.lit(None, pl.UInt16)),
        of=pl.concat_list(pl.col("role").cast(ROLES), pl.lit(None, ROLES)),
    ).explode("told", "named", "of")
    parts = parts.filter(pl.col("told") != "").with_columns(pl.col("told").str.strip_chars(")）。；;，,、 "))
    parts = parts.group_by("text", maintain_order=True).agg("told", "named", "of")
    found = money.with_row_index("at").filter(plain).join(parts, on="text", maintain_order="left")
    split = found.explode("told", "named", "of").with_columns(text="told", label="named", role="of")
    rest = money.with_row_index("at").join(found.select("at"), on="at", how="anti", maintain_order="left")
    return pl.concat([rest, split.select(rest.columns)]).sort("at", maintain_order=True).drop("at")
