"""Values that repeat per period: 每日, 按季度通报, 每周不少于2次, 一年一次."""

from functools import cache
from typing import Final

import polars as pl

from ingest.targets.words import NUMBER, any_of, load

_SOME: Final = "(?:[0-9一二两三四五六七八九十半]{1,3})"
_LONGEST: Final = 24  # characters: a longer text that mentions a period says more than how often
_MAYBE: Final = "[每按逐分隔]|[年月周季天日].*[次场期篇轮回份批]|天天|月月"


def is_frequency(text: pl.Series) -> pl.Series:
    """Return whether normalised values say how often something is done.

    Numbers beside the period must count occurrences (每月1次) or name a day (每月10日前): 每年增长5% keeps its number.
    """
    maybe = text.str.contains(_MAYBE)
    at = maybe.arg_true()
    return maybe.scatter(at, text.gather(at).to_frame("t").select(_is_frequency()).to_series()) if len(at) else maybe


def _is_frequency() -> pl.Expr:
    each, per, ratio, occurring, otherwise = _patterns()
    text, rest = pl.col("t"), pl.col("t").str.replace(each, "").str.replace(per, "")
    says_each = text.str.contains(each) & ~text.str.contains("/每") & (text.str.len_chars() <= _LONGEST)
    counts = ~rest.str.contains("[0-9]") | rest.str.contains(occurring)
    return (((says_each | text.str.contains(per)) & counts) | text.str.contains(ratio)) & ~text.str.contains(otherwise)


@cache
def _patterns() -> tuple[str, str, str, str, str]:
    """Patterns for 每 and a period; 按 or 逐 and a period; 一年一次; numbers that count; what is none of these."""
    words = load()
    period, occurrence = any_of(words["periods"]), any_of(words["occurrences"])
    return (
        rf"每隔?{_SOME}?个?{period}",
        rf"^[按逐分隔]{period}",
        rf"^{_SOME}?个?{period}(?:不少于|不低于|至少|≥|>=)?{_SOME}(?:[至到~-]{_SOME})?{occurrence}$|天天|月月",
        rf"^[^0-9]*(?:(?:{NUMBER})(?:[至到~-](?:{NUMBER}))?[余多]?(?:{occurrence}|[日号时点:]|月)[^0-9]*)+$",
        rf"[按逐分隔]{period}{any_of(words['not_periodic'])}|每{period}(?:常|增|递|提高|提升|减少|下降|上升)",
    )
