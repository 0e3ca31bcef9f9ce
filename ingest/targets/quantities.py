"""Printed quantities: operator, number or range, unit. What is not surely one quantity is left to others."""

from typing import Final

import polars as pl

from ingest.schema import NUMBER as DECIMAL
from ingest.targets import affixes, numerals
from ingest.targets.text import replace_where
from ingest.targets.words import NUMBER, SIGNS, load

WORD: Final = "\ue001"
"""Stands for a word that holds a number (5G, 12345热线)."""

QUANTITY: Final = pl.Schema({"operator": pl.String, "value": DECIMAL, "value_max": DECIMAL, "unit": pl.String})

_LONGEST: Final = 30  # characters of a value whose number has no operator: in a longer text it measures something else
_LONGEST_WITH_OPERATOR: Final = 60
_YUAN_SIGN: Final = "¥|RMB|人民币|CNY"
_IN_TIME: Final = "^[0-9]{1,3}个?(?:小时|工作日|自然日|日|天|分钟|月|年)(?:之|以)?内([^0-9,;。]*率[^0-9,;。]*[0-9])"
"""How soon something is done, where the value is the share done so soon: 5个工作日内办结率100%."""
_NO: Final = r"[^0-9<>=≥≤~,;±-]"
# A rest may hold digits only as "per so many": 5/10万, 1次/3年.
_REST: Final = r"(?<rest>[^0-9±]*(?:[mM][23][^0-9±]*)?(?:/[0-9]+(?:[万千百人年月周天日个]|平方|公里)[^0-9]*)?)"
_LOW: Final = rf"(?<number>{NUMBER})(?<low_unit>{_NO}{{0,8}}?)"
_HIGH: Final = rf"(?<number_max>{NUMBER}){_REST}"
_AND: Final = "[,;、]?(?:且|并且|并|同时|和|与|又|但)?"
_ONE: Final = rf"^(?<prefix>[^0-9±]*?)(?<number>{NUMBER}){_REST}$"
_RANGES: Final = (
    rf"^(?<prefix>[^0-9]*?){_LOW}(?:-|~|至|到){_HIGH}$",  # 80%-90%
    rf"^(?<prefix>[^0-9]*?)[>≥]=?{_LOW}{_AND}[<≤]=?{_HIGH}$",  # ≥80%且≤90%
    rf"^(?<prefix>[^0-9]*?){_LOW}及?以上{_AND}{_HIGH}$",  # 80%以上90%以下
    rf"^(?<prefix>){_LOW}[<≤]=?[^0-9<>=≥≤]+[<≤]=?{_HIGH}$",  # 80%≤x≤90%
    rf"^(?<prefix>[^0-9]*?)[<≤]=?(?<number_max>{NUMBER})(?<low_unit>{_NO}{{0,8}}?){_AND}[>≥]=?(?<number>{NUMBER}){_REST}$",
)
_BETWEEN: Final = "(?:介于|处于|在)?([0-9][^之]*)之?间$"
_TOLERANCE: Final = rf"^(?<prefix>[^0-9±]*?)(?:{_LOW})?±(?<tolerance>{NUMBER}){_REST}$"

_PARTS: Final = pl.Schema(
    {
        "row": pl.UInt32,
        "text": pl.String,
        **dict.fromkeys(("prefix", "number", "low_unit", "number_max", "tolerance", "rest"), pl.String),
    }
)
"""The parts of all forms of a quantity: what stands around its numbers is read once for all of them."""


def without_words(text: pl.Series) -> pl.Series:
    """Return normalised values with WORD in place of words that hold a number, unless an operator stands before."""
    pattern = rf"(^|[^0-9.,{SIGNS}])(?:{'|'.join(load()['words_with_numbers'])})"
    text = replace_where(text, text.str.contains(pattern), lambda s: s.str.replace_all(pattern, f"${{1}}{WORD}"))
    return replace_where(text, text.str.contains(_IN_TIME), lambda s: s.str.replace(_IN_TIME, f"{WORD}${{1}}"))


def read(text: pl.Series) -> pl.DataFrame:
    """Return QUANTITY rows for normalised values, in order; operator null where a value is not surely one quantity.

    A range (80%-90%) has operator ">=" (or "~" where 约 is printed), its lower end as value, its upper as value_max.
    """
    text = replace_where(text, text.str.contains(r"\(.*[0-9].*\)"), _without_notes)
    text = replace_where(text, text.str.contains(_YUAN_SIGN), _with_yuan)
    rows = pl.DataFrame({"text": numerals.to_digits(without_words(text))}).with_row_index("row")
    one, rest = _matched(rows.filter(pl.col("text").str.contains("[0-9]")), _ONE)
    found = [pl.DataFrame(schema=_PARTS), one]
    signed = affixes.signs_for_words(pl.col("text"))  # 不低于80%,不高于90% becomes ≥80%,≤90%
    rest = rest.with_columns(signed.str.replace(_BETWEEN, "${1}"))
    for form in (_TOLERANCE, *_RANGES):
        if rest.is_empty():
            break
        ranges, rest = _matched(rest, form)
        found.append(ranges)
    parts = pl.concat(found, how="diagonal").with_columns(
        is_one=pl.col("number_max").is_null() & pl.col("tolerance").is_null()
    )
    parts = _understood(parts)
    quantities = pl.concat([_single(parts.filter("is_one")), _range(parts.filter(~pl.col("is_one")))])
    return rows.select("row").join(quantities, on="row", how="left", maintain_order="left").select(QUANTITY.names())


def _with_yuan(text: pl.Series) -> pl.Series:
    """Say 元 where ¥ does: ¥100 is 100元."""
    return text.str.replace(rf"(?:{_YUAN_SIGN})({NUMBER})(/|$)", "${1}元${2}").str.replace(
        rf"(?:{_YUAN_SIGN})([0-9])", "${1}"
    )


def _without_notes(text: pl.Series) -> pl.Series:
    """Drop notes that hold numbers beside the value's own: 90%以上(含90%), 3个(1个国家级)."""
    bare = text.str.replace_all(r"(^|[^0-9])\([^()]*[0-9][^()]*\)", "${1}").str.replace_all(
        r"([0-9])\([^()/]*[0-9][^()/]*\)",
        "${1}",  # but not a unit: 5(人/10万)
    )
    return (
        pl.DataFrame({"text": text, "bare": bare})
        .select(pl.when(pl.col("bare").str.contains("[0-9]")).then("bare").otherwise("text"))
        .to_series()
    )


def _matched(rows: pl.DataFrame, form: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into those of a form, its parts as columns, and the others."""
    parts = rows.with_columns(pl.col("text").str.extract_groups(form).alias("parts")).unnest("parts")
    is_form = parts["rest"].is_not_null()
    return parts.filter(is_form), rows.filter(~is_form)


def _understood(parts: pl.DataFrame) -> pl.DataFrame:
    """Add what stands around the number read; rows where nobody can say what the number is are left out."""
    prefixes, rests = parts["prefix"].unique(), parts["rest"].unique()
    return (
        parts.with_columns(numerals.decimal(pl.col(name)) for name in ("number", "number_max", "tolerance"))
        .join(pl.concat([prefixes.to_frame(), affixes.before(prefixes)], how="horizontal"), on="prefix", how="left")
        .join(pl.concat([rests.to_frame(), affixes.after(rests)], how="horizontal"), on="rest", how="left")
        .filter(~pl.col("is_odd"), ~pl.col("names"), pl.col("unit").is_not_null())
    )


def _single(parts: pl.DataFrame) -> pl.DataFrame:
    length = pl.col("text").str.len_chars()
    bare = (pl.col("unit") == "") & (pl.col("tail") == "") & pl.col("calls")
    counted = (
        (pl.col("is_known") | (pl.col("counts") & (pl.col("prefix") == "")))
        & ~pl.col("tail_names")
        & (length <= _LONGEST)
    )
    none = (
        (pl.col("number") == 0) & ~pl.col("is_known") & pl.col("prefix").is_in(["", "="]) & (pl.col("tail") == "")
    )  # 0事故
    compared = pl.col("operator").is_not_null() & (length <= _LONGEST_WITH_OPERATOR)
    against = pl.concat_str(pl.col("operator").str.head(1), pl.col("suffix").str.head(1)).is_in(["<>", "><"])
    return parts.filter(
        pl.col("number").is_not_null()
        & (bare | counted | compared | none)
        & (pl.col("yields") | ~against.fill_null(False))
    ).select(
        "row",
        pl.when("yields").then(pl.coalesce("suffix", "operator", pl.lit("="))).otherwise("operator").alias("operator"),
        pl.when("negative").then(-pl.col("number")).otherwise("number").alias("value"),
        pl.lit(None, DECIMAL).alias("value_max"),
        pl.when(none).then(pl.lit("")).otherwise("unit").alias("unit"),
    )


def _range(parts: pl.DataFrame) -> pl.DataFrame:
    spread, number = pl.col("tolerance"), pl.col("number")
    low = (
        pl.when(spread.is_not_null())
        .then(number.fill_null(0) - spread)
        .otherwise(pl.when("negative").then(-number).otherwise(number))
    )
    high = pl.when(spread.is_not_null()).then(number.fill_null(0) + spread).otherwise("number_max")
    unit = pl.when(pl.col("unit") == "").then(pl.col("low_unit").fill_null("")).otherwise("unit")
    low_unit = pl.col("low_unit").fill_null("")
    same = low_unit.is_in(["", "万", "亿"]) | (low_unit == unit)
    is_code = pl.col("text").str.contains(r"(?:^|[^0-9.,])0[0-9]")  # 0772-2812345
    return parts.filter((low <= high) & same & ~is_code & (pl.col("tail") == "")).select(
        "row",
        pl.when(pl.col("operator") == "~").then(pl.lit("~")).otherwise(pl.lit(">=")).alias("operator"),
        low.cast(DECIMAL).alias("value"),
        high.cast(DECIMAL).alias("value_max"),
        unit.alias("unit"),
    )
