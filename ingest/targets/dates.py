"""Printed dates and periods of a fiscal year: points (12月底前, 第三季度, 2023.6.30) and ranges (9月至11月)."""

from typing import Final

import polars as pl

from ingest.targets.text import replace_where

DATE: Final = "\ue002"
"""Stands for a date in a value's text."""

_TO: Final = "(?:-|~|至|到)"
_Y: Final = "(?:19|20)[0-9]{2}"
SPAN: Final = "\ue003"
"""Stands for 年 of a duration (3年内, 一年以上, 半年) while dates are searched for."""
_MONTHS: Final = "\ue005"  # 月 of a duration (18月)

# Dates are first written in one way: 2023年12月31日, 上旬, 第1季度.
_ONE_WAY: Final = (
    (rf"({_Y})[./](0?[1-9]|1[0-2])({_TO})({_Y})[./](0?[1-9]|1[0-2])($|[^0-9.])", "${1}年${2}月${3}${4}年${5}月${6}"),
    *((rf"({_Y}){mark}([0-9]{{1,2}}){mark}([0-9]{{1,2}})[日号]?", "${1}年${2}月${3}日") for mark in ("-", "/", r"\.")),
    (
        rf"(^|[^0-9.,])({_Y})(0[1-9]|1[0-2])([0-3][0-9])($|[日前之以止底,;、。]|{_TO}{_Y})",
        "${1}${2}年${3}月${4}日${5}",
    ),
    (rf"({_Y})年([0-9]{{1,2}})[-./]([0-9]{{1,2}})日", "${1}年${2}月${3}日"),
    (rf"({_Y})(全年|[上下]半年|年?[底末]|第?[一二三四]季度)", "${1}年${2}"),
    (rf"({_Y})-([0-9]{{1,2}})(前|底|末|止|$|月)", "${1}年${2}月${3}"),
    (rf"({_Y})[./](0?[1-9]|1[0-2])(前|底|末|止|月)", "${1}年${2}月${3}"),
    ("月月", "月"),
    (r"^([0-9]{1,2})[./]([0-9]{1,2})(日|号|之前|以前|前)", "${1}月${2}日${3}"),
    (r"(^|[^0-9])([0-9]{2})年([0-9]{1,2})月", "${1}20${2}年${3}月"),
    (rf"([0-9]{{1,2}})({_TO})([0-9]{{1,2}})月", "${1}月${2}${3}月"),
    *[(r"(^|[^0-9])([0-9]{1,2})、([0-9]{1,2})月", "${1}${2}月、${3}月")] * 4,
    (rf"([0-9]{{1,2}})月([上中])旬({_TO})([中下])旬", "${1}月${2}旬${3}${1}月${4}旬"),
    ("月(?:上中|中上)旬", "月中旬"),
    ("月中下旬", "月下旬"),
    (rf"({_Y})({_TO})({_Y})年", "${1}年${2}${3}年"),
    (rf"^({_Y})({_TO})({_Y})$", "${1}年${2}${3}年"),
    (rf"([0-9]{{1,2}})月([0-9]{{1,2}})[日号]?({_TO})([0-9]{{1,2}})[日号]", "${1}月${2}日${3}${1}月${4}日"),
    (r"月([0-9]{1,2})(之前|以前|前|止|$)", "月${1}日${2}"),
    (r"日(?:[0-9]{1,2}(?:时|点|:[0-9]{2}))+", "日"),
    (r"月初(步)", "月\ue004${1}"),
    ("月初", "月上旬"),
    (r"月中(前|$)", "月中旬${1}"),
    (rf"第?([一二三四1-4])({_TO}|、)第?([一二三四1-4])季度", "第${1}季度-第${3}季度"),
    (r"Q([1-4])", "第${1}季度"),
    (r"(^|[^0-9下上第每])([0-9]{1,3}|[一二两三四五六七八九十半几多])年", f"${{1}}${{2}}{SPAN}"),
    (r"([0-9])月龄", f"${{1}}{_MONTHS}龄"),
    (r"([0-9]\.[0-9]+)月", f"${{1}}{_MONTHS}"),
    (r"(^|[^0-9])(1[3-9]|[2-9][0-9]|[1-9][0-9]{2})月", f"${{1}}${{2}}{_MONTHS}"),
    (rf"([上下])半{SPAN}", "${1}半年"),
)
_YEAR: Final = rf"(?:{_Y}年(?:度)?|当年度?|本年度?|今年|次年度?|下一?年度?|翌年|明年|来年)"
_ANY_YEAR: Final = "[1-9][0-9]{3}年"
"""Before a month, 2203年 is a year too, as somebody slipped; alone it may be an age."""
_MONTH: Final = "(?:1[0-2]|0?[1-9])月份?(?:[0-9]{1,2}[日号]|上旬|中旬|下旬|底|末)?"
_QUARTER: Final = "(?:第[一二三四1-4]个?|[一二三四1-4])季度(?:底|末)?"
_POINT: Final = (
    rf"(?:(?:{_YEAR}|{_ANY_YEAR})?(?:{_MONTH}|{_QUARTER}|[上下]半年(?:底|末)?)|{_YEAR}(?:年?底|年?末|年终|内|全年)?"
    r"|年底|年末|年终|年内|年度内|全年度?|年中)"
)
PERIOD: Final = rf"{_POINT}(?:起|开始)?{_TO}{_POINT}|{_POINT}"
_PARTS: Final = (
    r"^(?:(?<year>[1-9][0-9]{3})年度?|(?<word>当年|本年|今年|次年|下一?年|翌年|明年|来年)度?)?"
    r"(?:(?<month>[0-9]{1,2})月份?(?:(?<day>[0-9]{1,2})[日号]|(?<part>上旬|中旬))?|第?(?<quarter>[一二三四1-4])个?季度"
    r"|(?<half>[上下])半年|(?<middle>年中))?"
)
_NEXT_YEAR: Final = ["次年", "下年", "下一年", "翌年", "明年", "来年"]


def looks_dated(text: pl.Series) -> pl.Series:
    """Return whether normalised values may hold a date: a cheap test before the search."""
    return text.str.contains(
        rf"[年月季]|Q[1-4]|{_Y}(?:[-./][0-9]|[01][0-9][0-3][0-9]|[底末])|^[0-9]{{1,2}}[./][0-9]{{1,2}}[日前之以]|{_Y}{_TO}{_Y}$"
    )


def in_one_way(text: pl.Series) -> pl.Series:
    """Return normalised values with their dates written in one way; 年 of durations becomes a stand-in (`restored`)."""
    text = replace_where(text, text.str.contains("[〇零一二三四五六七八九十]+[年月日]"), _digits_for_chinese)
    odd = text.str.contains("|".join(pattern for pattern, _ in _ONE_WAY))
    return replace_where(text, odd, _rewritten)


def _rewritten(text: pl.Series) -> pl.Series:
    one_way = pl.col("text")
    for pattern, written in _ONE_WAY:
        one_way = one_way.str.replace_all(pattern, written)
    return text.to_frame("text").select(one_way).to_series()


def restored(text: pl.Series) -> pl.Series:
    """Return text with the stand-ins of `in_one_way` taken back."""
    return text.str.replace_all(SPAN, "年").str.replace_all(_MONTHS, "月").str.replace_all("\ue004", "初")


def parse(periods: pl.DataFrame) -> pl.DataFrame:
    """Read periods (columns period: as PERIOD finds it, fiscal_year); add starts_on (ranges only) and due_on.

    The last day of what is named holds; without a year the fiscal year does. Impossible dates have null due_on.
    """
    ends = pl.col("period").str.extract_groups(rf"^(?<left>{_POINT})(?:起|开始)?(?:{_TO}(?<right>{_POINT}))?$")
    frame = periods.with_columns(ends.alias("ends")).unnest("ends")
    left, right = _point(frame["left"]), _point(frame["right"])
    is_range = frame["right"].is_not_null()
    both = pl.concat(
        [
            frame.select("fiscal_year"),
            left.select(pl.all().name.prefix("l_")),
            right.select(pl.all().name.prefix("r_")),
        ],
        how="horizontal",
    ).with_columns(is_range.alias("is_range"))
    both = both.with_columns(pl.coalesce("l_year", "r_year", "fiscal_year").alias("base"))
    both = both.with_columns((pl.col("base") + pl.col("l_next")).alias("l_y"))
    both = both.with_columns((pl.coalesce("r_year", pl.col("l_y") + pl.col("r_next"))).alias("r_y"))
    both = both.with_columns(
        _day("l_y", "l_first_month", "l_first_day").alias("starts_on"),
        pl.when("is_range")
        .then(_day("r_y", "r_month", "r_day"))
        .otherwise(_day("l_y", "l_month", "l_day"))
        .alias("due_on"),
    )
    possible = pl.col("starts_on").is_not_null() & (pl.col("starts_on") <= pl.col("due_on"))
    return periods.with_columns(
        both.select(
            pl.when(possible & pl.col("is_range")).then("starts_on").alias("starts_on"),
            pl.when(possible).then("due_on").alias("due_on"),
        )
    )


def _point(points: pl.Series) -> pl.DataFrame:
    """Return for each point: year, next (1: 次年), its first and last month and day (day 0: the month's last)."""
    parts = points.str.extract_groups(_PARTS).struct.unnest()
    number = {name: pl.col(name).cast(pl.Int32) for name in ("year", "month", "day")}
    quarter = pl.col("quarter").replace_strict(
        {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4}, default=None, return_dtype=pl.Int32
    )
    half = pl.col("half").replace_strict({"上": 1, "下": 2}, default=None, return_dtype=pl.Int32)
    middle = pl.when(pl.col("middle").is_not_null()).then(6)
    part = pl.col("part")
    return parts.select(
        number["year"].alias("year"),
        pl.col("word").is_in(_NEXT_YEAR).fill_null(False).cast(pl.Int32).alias("next"),
        pl.coalesce(number["month"], quarter * 3 - 2, half * 6 - 5, middle, 1).alias("first_month"),
        pl.coalesce(number["day"], pl.when(part == "中旬").then(11), 1).alias("first_day"),
        pl.coalesce(number["month"], quarter * 3, half * 6, middle, 12).alias("month"),
        pl.coalesce(number["day"], pl.when(part == "中旬").then(20).when(part == "上旬").then(10), 0).alias("day"),
    )


def _day(year: str, month: str, day: str) -> pl.Expr:
    """Return the date, the month's last day for day 0, null where there is no such day."""
    first = pl.date(year, pl.when(pl.col(month).is_between(1, 12)).then(month), 1)
    date = (
        pl.when(pl.col(day) == 0)
        .then(first.dt.month_end())
        .otherwise(first.dt.offset_by(pl.format("{}d", pl.col(day) - 1)))
    )
    return pl.when(date.dt.month() == pl.col(month)).then(date)


def _digits_for_chinese(text: pl.Series) -> pl.Series:
    ones = "零一二三四五六七八九"
    number = {
        n: f"{'' if n < 20 else ones[n // 10]}{'十' if n > 9 else ''}{ones[n % 10] if n % 10 else ''}"
        for n in range(1, 32)
    }
    words = {number[n] + "日": f"{n}日" for n in number} | {number[n] + "月": f"{n}月" for n in range(1, 13)}
    for zero in "〇零○":
        digits = str.maketrans("0123456789", zero + ones[1:])
        words |= {str(year).translate(digits) + "年": f"{year}年" for year in range(1990, 2061)}
    ordered = dict(sorted(words.items(), key=lambda item: -len(item[0])))
    return text.str.replace_many(list(ordered), list(ordered.values()), leftmost=True)
