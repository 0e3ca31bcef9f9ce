"""Numbers: printed digits to exact decimals, Chinese numerals to digits."""

from functools import cache
from typing import Final

import polars as pl

from ingest import schema
from ingest.targets.text import replace_where
from ingest.targets.units import SCALE, SCALES, known
from ingest.targets.words import any_of, load, suffixes

_FIRST: Final = "一二两三四五六七八九十"
CHINESE: Final = rf"(?:[{_FIRST}][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二三四五六七八九]+)?)"
"""A Chinese numeral that counts (三, 一百二十, 三点五)."""

_DIGITS: Final = dict(zip("零〇一二两三四五六七八九", "001223456789", strict=True))
_MAX_REPEATS: Final = 4  # numerals rewritten in one value; a fifth stays in words
_WORDS_BEFORE: Final = (
    r"[第统唯逐每同其某各任前数几个百千万点一二三四五六七八九十0-9]$|[0-9]\($|[一每两三][\p{Han}]{1,2}$"
)
"""What stands before a numeral that belongs to a word: 第一次, 统一, 每一个, 一村一站."""


def decimal(digits: pl.Expr) -> pl.Expr:
    """Return printed numbers (words.NUMBER) as Decimal(24,6), exactly; null where one does not fit."""
    clean = digits.str.replace_all(",", "", literal=True)
    fits = clean.str.contains("^0*[0-9]{0,18}(?:\\.[0-9]{0,6}0*)?$")
    return pl.when(fits).then(clean).str.replace(r"^\.", "0.").cast(schema.NUMBER)


def chinese(numerals: pl.Series) -> pl.Series:
    """Return well-formed Chinese numerals below 10^12 as plain digits ("一百二十" "120", "三点五" "3.5"), else null."""
    whole, fraction = numerals.str.replace("点.*$", ""), numerals.str.extract("点(.+)$")
    parts = whole.str.extract_groups(
        "^(?:(?<yi>[^亿]+)亿)?零?(?:(?<wan>[^亿万]+)万)?零?(?<one>[^亿万]+)?$"
    ).struct.unnest()
    sections = [_below_10000(parts[name]) for name in ("yi", "wan", "one")]
    valid = pl.Series([True]).new_from_index(0, len(numerals))
    total = pl.Series("n", [0], dtype=pl.Int64).new_from_index(0, len(numerals))
    for name, section in zip(("yi", "wan", "one"), sections, strict=True):
        valid &= section.is_not_null() | parts[name].is_null()
        total = total * 10_000 + section.fill_null(0)
    decimals = fraction.str.replace_many(list(_DIGITS), list(_DIGITS.values()))
    colloquial = whole.str.contains("[百千万亿][一二两三四五六七八九]$")  # 一百二 is 120, and sometimes 102
    text = pl.DataFrame({"n": total, "f": decimals, "ok": valid & (whole != "") & ~colloquial})
    digits = pl.concat_str(
        "n", pl.when(pl.col("f").is_not_null()).then(pl.lit(".") + pl.col("f")).otherwise(pl.lit(""))
    )
    return text.select(pl.when("ok").then(digits)).to_series()


def _below_10000(section: pl.Series) -> pl.Series:
    one = "[一二两三四五六七八九]"
    digits = section.str.extract_groups(
        f"^零?(?:(?<q>{one})千)?零?(?:(?<b>{one})百)?零?(?<s>{one}?十)?零?(?<g>{one})?$"
    ).struct.unnest()
    value = {
        name: digits[name].replace_strict(_DIGITS, default=None, return_dtype=pl.Int64) for name in ("q", "b", "g")
    }
    tens = digits["s"].replace_strict({"十": "1"} | {d + "十": n for d, n in _DIGITS.items()}, default=None)
    sum_ = pl.DataFrame(value | {"s": tens.cast(pl.Int64)}).fill_null(0)
    total = sum_.select(pl.col("q") * 1000 + pl.col("b") * 100 + pl.col("s") * 10 + pl.col("g")).to_series()
    return total.to_frame("t").select(pl.when(total > 0).then("t")).to_series()


def to_digits(text: pl.Series) -> pl.Series:
    """Return normalised values with the Chinese numerals that count something in digits: 不少于三次 → 不少于3次.

    Percentages in words (百分之九十) become "90%". Numerals inside words (两会, 三类坝, 统一) stay.
    """
    text = replace_where(text, text.str.contains("分之|百分百"), _fractions)
    text = replace_where(text, text.str.contains("半"), _halves)
    text = replace_where(text, text.str.contains(rf"^{CHINESE}$") & text.str.contains(".[十百千万]|十."), _alone)
    return replace_where(text, text.str.contains(f"[{_FIRST}]"), lambda some: _in_digits(some, _MAX_REPEATS))


def _in_digits(text: pl.Series, times: int) -> pl.Series:
    """Rewrite numerals one after the other; where one was found, the next is looked for."""
    if not times:
        return text
    return replace_where(
        text, text.str.contains(_counted()), lambda found: _in_digits(_first_numeral(found), times - 1)
    )


@cache
def _counted() -> str:
    refused = {*load()["not_after_chinese_numerals"], *SCALES}
    units = any_of(unit for unit in known() if unit not in refused)
    unit = rf"(?:余|多)?(?:{SCALE})?{units}"
    end = rf"(?:{any_of(suffixes())})?(?:$|[,;、。()/~-].*|[至到且].*)"
    return rf"^(.*?)({CHINESE})((?:[至到~-](?:{CHINESE}|[0-9]+))??{unit}{end})$"


def _alone(text: pl.Series) -> pl.Series:
    return chinese(text).fill_null(text)


def _first_numeral(text: pl.Series) -> pl.Series:
    parts = text.str.extract_groups(_counted()).struct.unnest()
    digits = chinese(parts[parts.columns[1]])
    frame = parts.rename(dict(zip(parts.columns, ("pre", "numeral", "post"), strict=True))).with_columns(
        digits.alias("digits"), text.alias("text")
    )
    counts = pl.col("digits").is_not_null() & ~pl.col("pre").str.contains(_WORDS_BEFORE)
    return frame.select(pl.when(counts).then(pl.concat_str("pre", "digits", "post")).otherwise("text")).to_series()


def _fractions(text: pl.Series) -> pl.Series:
    words = _fraction_words()
    text = text.str.replace_many(list(words), list(words.values()), leftmost=True)
    return text.str.replace_all(r"百分之([0-9.]+)", "${1}%").str.replace_all(r"千分之([0-9.]+)", "${1}‰")


@cache
def _fraction_words() -> dict[str, str]:
    """Return fractions in words with their digits, longest first; only those that are exact decimals."""
    ones = "零一二三四五六七八九"
    tens = [f"{'' if n == 1 else ones[n]}十" for n in range(1, 10)] + ["一十"]
    small = {ones[n]: str(n) for n in range(1, 10)}
    small |= {t + (ones[n] if n else ""): f"{i % 9 + 1}{n}" for i, t in enumerate(tens) for n in range(10)}
    exact = small | {f"{word}点{ones[n]}": f"{digits}.{n}" for word, digits in small.items() for n in range(1, 10)}
    words = {"百分之百": "100%", "百分百": "100%", "百分之一百": "100%"}
    words |= {f"百分之{w}": f"{d}%" for w, d in exact.items()} | {f"千分之{w}": f"{d}‰" for w, d in exact.items()}
    words |= {f"万分之{w}": f"{d}‱" for w, d in exact.items()} | {"二分之一": "0.5"}
    for below in (4, 5, 8):
        words |= {f"{ones[below]}分之{ones[n]}": f"{n / below:g}" for n in range(1, below)}
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


def _halves(text: pl.Series) -> pl.Series:
    text = text.str.replace_all("([0-9一二两三四五六七八九])个半(小时|月)", "${1}个${2}半")
    units = ["年", "个小时", "小时", "天", "日", "个月", "亩"]
    after = {f"{c}{u}半": f"{n}.5{u}" for c, n in _DIGITS.items() for u in units}
    text = text.str.replace_many(list(after), list(after.values()), leftmost=True)
    text = text.str.replace_all(rf"([0-9]+)({'|'.join(units)})半", "${1}.5${2}")
    return text.str.replace_all(rf"(^|[^上下每多大过/])半({'|'.join(units)})", "${1}0.5${2}")
