"""单位 says nothing alone: its company tells whether it heads a column, or names who applies, or the unit of money."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.structure import LEVELS, TABLE_COLUMNS
from ingest.tokens import ROLES

_UNIT: Final = lexicon.labels().filter(word="单位").item(0, "label")
_WHO: Final = lexicon.labels().filter(word="单位名称").item(0, "label")
_OWN: Final = [role for role in TABLE_COLUMNS if role != "col_other"]
_BESIDE: Final = ["project_name", "unit_or_project", "col_level1", "col_level2"]
_MONEY: Final = r"^[(（]?(?:人民币)?(?:亿|百万|万|千)?元[)）]?$"


def told_by_company(tokens: pl.DataFrame) -> pl.DataFrame:
    """Let 单位 outside a table's header and rows be a field, or (单位 | 万元) one text with the unit of money; left of a
    table's own columns (单位 | 项目名称 | 一级指标 …) it heads the column of the offices.

    Args:
        tokens: as `ingest.tokens.tokens` returns them.
    """
    line, label = pl.col("line"), pl.col("label")
    bare = tokens.filter(label == _UNIT).get_column("line").unique()
    if not len(bare):
        return tokens
    office = _offices(tokens, bare)
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
            role=pl.when(money)
            .then(nothing["role"])
            .when(answered | office)
            .then(pl.lit("unit", ROLES))
            .otherwise("role"),
            label=pl.when(money).then(nothing["label"]).when(answered | office).then(pl.lit(_WHO)).otherwise("label"),
            taken=money.shift(1, fill_value=False),
        )
        .filter(~pl.col("taken"))
        .drop("taken")
    )


def _offices(tokens: pl.DataFrame, bare: pl.Series) -> pl.Series:
    """Say of each token whether it is 单位 in the header of a table, left of the columns that an indicator has.

    `bare`: the lines that hold 单位.
    """
    line, role = pl.col("line"), pl.col("role")
    asked = tokens.select("line", "role", "label", at=pl.int_range(pl.len(), dtype=pl.UInt32))
    asked = asked.filter(line.is_in(bare.implode()))
    own = role.is_in(_OWN).fill_null(value=False) & (pl.col("label") != _UNIT)
    leads = (pl.col("label") == _UNIT) & (own.cast(pl.UInt32).cum_sum().over("line") == 0)
    beside = role.is_in(_BESIDE).fill_null(value=False).any().over("line") & own.any().over("line")
    office = asked.filter(leads.fill_null(value=False) & beside).get_column("at")
    return pl.repeat(value=False, n=tokens.height, eager=True).scatter(office, True)
