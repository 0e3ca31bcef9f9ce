"""The printed period of a project (起止时间, 实施期, 开始日期) → its first and last day."""

from typing import Final

import polars as pl

from ingest.targets import dates, text
from ingest.targets.dates import DATE

TERMS: Final = ("starts_on", "ends_on", "period")
"""The roles whose texts are dates."""

_Y: Final = "((?:19|20)[0-9]{2})"
_M: Final = "(1[0-2]|0?[1-9])"
_TO: Final = "(?:-|~|至|到)+"
_D: Final = "(3[01]|[12][0-9]|0?[1-9])"
_WRITTEN: Final = (
    (rf"[T {text.GAP}]?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?", ""),
    (rf"{_Y}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])", "${1}年${2}月${3}日"),
    (rf"{_Y}(0[1-9]|1[0-2])({_TO}|$)", "${1}年${2}月${3}"),
    (rf"^{_Y}[./]{_M}[./]{_D}{_TO}{_M}[./]{_D}$", "${1}年${2}月${3}日-${4}月${5}日"),
    (rf"{_Y}[-./]{_M}{_TO}{_Y}", "${1}年${2}月至${3}"),
    (rf"{_Y}[-./]{_M}$", "${1}年${2}月"),
    (rf"^{_Y}[./]{_M}{_TO}{_M}$", "${1}年${2}月-${3}月"),
    (rf"{_Y}年?{_TO}{_Y}($|[^-0-9./])", "${1}年-${2}年${3}"),
    (rf"(^|至){_Y}$", "${1}${2}年"),
    ("年年", "年"),
)
"""What stands in a form's head and in no target: months and years without their words, the time of day."""
_NOTHING: Final = (
    r"\([^()]*\)|共?(?:计|为期)?[0-9一二三四五六七八九十两半]+个?(?:月|天|日|周年)|[,;。、:()]"
    rf"|共?(?:计|为期)?[0-9一二三四五六七八九十两半]+个?{dates.SPAN}"
    "|预计|计划|实施|完成|自|从|为止|止|前|底|末|年度|期间|全年"
)
"""What stands around dates and changes nothing: （共3年）, 自 … 止."""


def terms(printed: pl.DataFrame) -> pl.DataFrame:
    """Read when projects begin and end.

    Args:
        printed: TERMS (as printed; NULL: not printed), `fiscal_year` (of dates without a year).

    Returns:
        In the rows' order `starts_on`, `ends_on` (the first and the last day of what is named; NULL: not said), and
        `unread_<role>` of TERMS: the text, where it says a day less than its label asks for, or something else beside.
    """
    if all(printed.get_column(name).null_count() == printed.height for name in TERMS):
        names = ("starts_on", "ends_on", *(f"unread_{name}" for name in TERMS))
        kinds = dict.fromkeys(names, pl.String) | {"starts_on": pl.Date, "ends_on": pl.Date}
        return pl.DataFrame(schema=kinds).clear(printed.height)
    asked = [printed.select("fiscal_year", printed=pl.col(name).cast(pl.String)) for name in TERMS]
    told = _read(pl.concat(asked).filter(pl.col("printed").is_not_null()).unique())
    keys = ["printed", "fiscal_year"]
    start, end, both = (one.join(told, on=keys, how="left", nulls_equal=True, maintain_order="left") for one in asked)
    first, last, more = pl.col("first"), pl.col("last"), pl.col("more")
    both = both.with_columns(last=pl.when(~pl.col("is_day")).then("last"))  # one day begins or ends a period
    return pl.concat(
        [
            start.select(start="first", unread_starts_on=pl.when(first.is_null() | more).then("printed")),
            end.select(end="last", unread_ends_on=pl.when(last.is_null() | more).then("printed")),
            both.select(
                "first", "last", unread_period=pl.when(first.is_null() | last.is_null() | more).then("printed")
            ),
        ],
        how="horizontal",
    ).select(
        *(f"unread_{name}" for name in TERMS),
        starts_on=pl.coalesce("start", "first"),
        ends_on=pl.coalesce("end", "last"),
    )


def _read(texts: pl.DataFrame) -> pl.DataFrame:
    """Add to distinct texts `first` and `last` day, `is_day` (nothing but one day), `more` (it says something else)."""
    written = text.normalise(texts.get_column("printed"))
    for pattern, plain in _WRITTEN:
        written = written.str.replace_all(pattern, plain)
    written = dates.in_one_way(written)
    skeleton = written.str.replace_all(dates.PERIOD, DATE).alias("skeleton")
    frame = texts.hstack([written.str.extract_all(dates.PERIOD).alias("found"), skeleton])
    number, skeleton = pl.col("found").list.len(), pl.col("skeleton")
    rest = skeleton.str.replace_all(_NOTHING, "")
    frame = frame.with_columns(
        more=rest.str.replace_all(f"{DATE}|{_TO}|起|开始|开工|截至|截止|结束", "") != "",
        # 2023.13.40: where numbers are left, nothing of it can be trusted.
        usable=number.is_between(1, 2) & ~rest.str.contains("[0-9]"),
        opens=(number == 1) & rest.str.contains(f"{DATE}(?:起|开始|以来|{_TO})"),
        closes=(number == 1) & rest.str.contains(f"(?:^{_TO}|截至|截止){DATE}"),
    )
    one, two = _days(frame, 0), _days(frame, 1)
    return frame.hstack(one).select(
        "printed",
        "fiscal_year",
        "more",
        is_day=pl.col("is_day") & (number == 1),
        first=pl.when(pl.col("usable") & ~pl.col("closes")).then("first"),
        last=pl.when("usable").then(pl.when(number == 2).then(two["last"]).when(~pl.col("opens")).then("last")),
    )


def _days(frame: pl.DataFrame, at: int) -> pl.DataFrame:
    """Return `first` and `last` day of the date in this place of `found`, and whether it names but a day (`is_day`)."""
    period = pl.col("found").list.get(at, null_on_oob=True)
    ranged = period.str.contains(_TO)
    asked = frame.select(
        pl.col("fiscal_year").cast(pl.Int32),
        period=pl.when(ranged).then(period).otherwise(pl.concat_str(period, pl.lit("-"), period)),
        is_day=~ranged & period.str.contains("[日号]$"),
    )
    return dates.parse(asked.select("period", "fiscal_year")).select(asked["is_day"], first="starts_on", last="due_on")
