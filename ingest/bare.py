"""单位 says nothing alone: its company tells whether it heads a column, or names who applies, or the unit of money."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.structure import LEVELS, TABLE_COLUMNS
from ingest.tokens import ROLES

_UNIT: Final = lexicon.labels().filter(word="单位").item(0, "label")
_WHO: Final = lexicon.labels().filter(word="单位名称").item(0, "label")
_MONEY: Final = r"^[(（]?(?:人民币)?(?:亿|百万|万|千)?元[)）]?$"


def told_by_company(tokens: pl.DataFrame) -> pl.DataFrame:
    """Let 单位 outside a table's header and rows be a field, or (单位 | 万元) one text with the unit of money.

    Args:
        tokens: as `ingest.tokens.tokens` returns them.
    """
    line, label = pl.col("line"), pl.col("label")
    bare = tokens.filter(label == _UNIT).get_column("line").unique()
    if not len(bare):
        return tokens
    tables = tokens.filter(line.is_in(bare.implode()), label != _UNIT).filter(
        pl.col("role").is_in([*TABLE_COLUMNS, *LEVELS])
    )
    bare = bare.filter(~bare.is_in(tables.get_column("line").implode()))
    answered = (label == _UNIT) & (line.shift(-1) == line) & pl.col("role").shift(-1).is_null()
    answered = (answered & line.is_in(bare.implode())).fill_null(value=False)
    money = answered & pl.col("text").shift(-1).str.contains(_MONEY)
    nothing = {"role": pl.lit(None, ROLES), "label": pl.lit(None, tokens.schema["label"])}
    return (
        tokens.with_columns(
            text=pl.when(money)
            .then(pl.format("单位：{}", pl.col("text").shift(-1).str.strip_chars("()（）")))
            .otherwise("text"),
            role=pl.when(money).then(nothing["role"]).when(answered).then(pl.lit("unit", ROLES)).otherwise("role"),
            label=pl.when(money).then(nothing["label"]).when(answered).then(pl.lit(_WHO)).otherwise("label"),
            taken=money.shift(1, fill_value=False),
        )
        .filter(~pl.col("taken"))
        .drop("taken")
    )
