"""Values that differ in the digits of their only number (≥95%, ≥80%): one of them is read, the others follow it."""

from typing import Final

import polars as pl

from ingest.schema import NUMBER as DECIMAL
from ingest.targets import quantities

_DATES: Final = "年月季日号底末前"
_NUMERALS: Final = "一二两三四五六七八九十百半"
_OTHER: Final = rf"[[\x{{4e00}}-\x{{9fff}}≥≤≧≦><=＞＜＝%％‰℃㎡、,，。;；:：“”·/～~*+-]--[{_DATES}{_NUMERALS}]]*"
# No zero, which means none (0事故), and no year.
_WHOLE: Final = "[1-9][0-9]{0,2}|[3-9][0-9]{3}|1[0-8][0-9]{2}|2[1-9][0-9]{2}|[1-9][0-9]{4,6}"
_ALIKE: Final = rf"^{_OTHER}(?:{_WHOLE})(?:\.[0-9]{{1,3}})?{_OTHER}$"
_IN_UNIT: Final = f"[0-9{_DATES}]"


def examples(values: pl.DataFrame, is_time: pl.Series) -> pl.DataFrame:
    """Say which values are read alike but for their number.

    Alike are values of the same words, signs and unit with digits in the same places, that hold no date, no Chinese
    numeral, no zero and no year: no rule asks which digits these are, but the words that hold a number (12345热线),
    which are compared. Where bare numbers are dates (时效), no value is alike another.

    Args:
        values: columns value_raw, operator_raw, unit_raw.
        is_time: whether a value's level is 时效.

    Returns:
        One row a value that another one before it is like: `row`, `example` (the first one's row), and the numbers of
        the two, `number` and `example_number` (Decimal).
    """
    raw, unit = pl.col("value_raw"), pl.col("unit_raw")
    plain = raw.str.contains(_ALIKE) & ~unit.str.contains(_IN_UNIT).fill_null(value=False) & ~pl.lit(is_time)
    some = values.select("value_raw", "operator_raw", "unit_raw", row=pl.int_range(pl.len(), dtype=pl.UInt32))
    # Behind a sign some words are none (≥5G).
    operator = pl.col("operator_raw")
    beside = pl.when(operator.is_null()).then(raw).otherwise(pl.concat_str(raw, pl.lit("\n"), operator, raw))
    some = some.filter(plain).with_columns(words=beside)
    kind = pl.concat_str(
        pl.col("value_raw", "words").str.replace_all("[0-9]", "0").fill_null(""),
        pl.col("operator_raw", "unit_raw").fill_null(""),
        separator="\n",
    )
    return (
        some.with_columns(quantities.without_words(some.get_column("words")).alias("without"))
        .with_columns(words=pl.when(pl.col("words") != pl.col("without")).then("without"))
        .select("row", kind=kind, number=raw.str.extract("([0-9.]+)", 1).cast(DECIMAL))
        .with_columns(pl.col("row", "number").first().over("kind").name.prefix("of_"))
        .filter(pl.col("row") != pl.col("of_row"))
        .select("row", "number", example="of_row", example_number="of_number")
    )
