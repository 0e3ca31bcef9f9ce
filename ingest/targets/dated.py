"""Values that name dates: deadlines (12月底前完成) and milestones (上半年完成40%，年底完成100%以上)."""

from typing import Final, NamedTuple

import polars as pl

from ingest.targets import dates, numerals, quantities
from ingest.targets.dates import DATE
from ingest.targets.text import replace_where
from ingest.targets.words import SIGNS, any_of, load

_LONGEST: Final = 40  # characters: a longer text says more than when
_MARK: Final = "^(?:之前|以前|前|底|末|为止|止|之内|以内|内)"
_EXACT: Final = "(?:底|末|终|内|日|号|旬)$"
_YEAR_ALONE: Final = "^(?:19|20)[0-9]{2}年度?$"
_SCOPE: Final = r"^(?:(?:19|20)[0-9]{2}年度?|(?:当|本|今)年度?)?(?:内|全年度?|年内|年度内)?$"
_OTHERWISE: Final = "^(?:起|开始|以来|以后|之后|后|至今|以上|[无不零未没])"  # 2023年以来, 年内无事故: no deadlines
# Dates without their words, where the level says that dates stand there (时效指标): 2023, 2023.12, 12.31.
_BARE: Final = (
    (rf"^([{SIGNS}]*)((?:19|20)[0-9]{{2}})$", "${1}${2}年"),
    (rf"^([{SIGNS}]*)((?:19|20)[0-9]{{2}})[./]?(0?[1-9]|1[0-2])$", "${1}${2}年${3}月"),
    (rf"^([{SIGNS}]*)([1-9]|1[0-2])[./](28|29|30|31)$", "${1}${2}月${3}日"),
)
_NO_LEVEL: Final = [pl.lit(None, dtype).alias(name) for name, dtype in quantities.QUANTITY.items()]


class Dated(NamedTuple):
    """What `read` found."""

    deadlines: pl.DataFrame
    """row, starts_on, due_on."""
    steps: pl.DataFrame
    """row, step_no, due_on, operator, value, unit: the milestones; no operator, value, unit where none is named."""
    rest: pl.DataFrame
    """row, text and what quantities.read makes of it: values without a date that matters; a year that is only the scope
    (2023年完成12次) is taken out."""


def read(rows: pl.DataFrame) -> Dated:
    """Sort values (columns row, text: normalised, fiscal_year, is_time: the level is 时效) by what their dates say.

    Rows that appear in no result hold a date that can't be (2月30日), or one that is no target (2023年以来).
    """
    bare = rows["is_time"] & rows["text"].str.contains(rf"^[{SIGNS}]*[0-9./]+$")
    maybe = bare | dates.looks_dated(rows["text"])
    frame = rows.filter(maybe)
    text = dates.in_one_way(replace_where(frame["text"], bare.filter(maybe), _with_words))
    skeleton = numerals.to_digits(quantities.without_words(text.str.replace_all(dates.PERIOD, DATE)))
    frame = frame.with_columns(text.str.extract_all(dates.PERIOD).alias("period"), skeleton.alias("skeleton"))
    is_dated = frame["period"].list.len() > 0
    marks = _marks(frame.filter(is_dated))
    levels, scoped = _levels(marks.filter(pl.col("skeleton").str.contains("[0-9]")))
    deadlines, moments = _moments(marks.filter(~pl.col("skeleton").str.contains("[0-9]")))
    rest = pl.concat([rows.filter(~maybe).select("row", "text"), frame.filter(~is_dated).select("row", "text"), scoped])
    numbers = quantities.read(pl.concat([dates.restored(levels["level"]), rest["text"]]))
    steps = _read_levels(levels.hstack(numbers.head(levels.height)))
    return Dated(deadlines, pl.concat([steps, moments]), rest.hstack(numbers.tail(rest.height)))


def _with_words(text: pl.Series) -> pl.Series:
    for pattern, written in _BARE:
        text = text.str.replace(pattern, written)
    return text


def _marks(dated: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each date, in order: row, skeleton, before, period, after (texts up to the next dates),
    starts_on, due_on, unmarked (no 前, 底 … says deadline), is_relative, is_scope (the fiscal year itself).
    """
    parts = pl.col("skeleton").str.split(DATE)
    number = parts.list.len() - 1
    marks = dated.select(
        "row",
        "skeleton",
        "fiscal_year",
        "period",
        parts.list.head(number).alias("before"),
        parts.list.tail(number).alias("after"),
    ).explode("period", "before", "after")
    known = dates.parse(marks.select("period", "fiscal_year").unique())
    marks = marks.join(known, on=["period", "fiscal_year"], how="left", nulls_equal=True, maintain_order="left")
    unmarked = ~pl.col("period").str.contains(_EXACT) & ~pl.col("after").str.contains(_MARK)
    words = any_of(load()["relative_words"])
    relative = unmarked & pl.col("before").str.contains(rf"{words}[^,;。]{{0,4}}$")
    compared = pl.col("before").str.contains("(?:^|[^占可相环])[比较]$")  # 较2022年底增长5%
    done = pl.col("after").str.contains(f"^{any_of(load()['deadline_verbs'])}")
    past = pl.col("period").str.contains(_YEAR_ALONE) & (pl.col("due_on").dt.year() < pl.col("fiscal_year")) & ~done
    this_year = pl.col("due_on").dt.year() == pl.col("fiscal_year")
    return marks.with_columns(
        unmarked.alias("unmarked"),
        (relative | compared).alias("is_relative"),
        past.fill_null(False).alias("is_past"),
        (pl.col("period").str.contains(_SCOPE) & this_year).fill_null(False).alias("is_scope"),
    )


def _moments(marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read values that hold dates and no number: one moment is a deadline, several are steps without a level."""
    marks = marks.filter(~pl.col("is_scope") | pl.col("is_scope").all().over("row"))
    after = pl.col("after").str.replace(_MARK, "").str.replace("^[,;、。:()!]+", "")
    goes_on = (after == "") | after.str.contains(f"^{any_of(load()['deadline_verbs'])}")
    is_deadline = (
        pl.col("due_on").is_not_null()
        & ~pl.col("is_relative")
        & ~after.str.contains(_OTHERWISE)
        & (goes_on | ~(pl.col("unmarked") | pl.col("is_scope")))
        & (pl.col("skeleton").str.len_chars() <= _LONGEST)
    )
    marks = marks.with_columns(is_deadline.alias("is_deadline")).filter(pl.col("is_deadline").all().over("row"))
    is_one = pl.col("due_on").n_unique().over("row") == 1
    deadlines = marks.filter(is_one).unique("row", keep="first").select("row", "starts_on", "due_on")
    return deadlines, _steps(marks.filter(~is_one).with_columns(_NO_LEVEL))


def _levels(marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part values whose numbers belong to dates: after each (6月底前50%，12月底前100%), or before (50%（6月底），…).

    Returns the marks with `level` (the text that holds a date's number), `has_number`, `matters`; and row and text of
    values whose only date is the number's scope or what it compares with.
    """
    forward = ~pl.col("before").first().over("row").str.contains("[0-9]")
    backward = ~pl.col("after").last().over("row").str.contains("[0-9]")
    each = pl.col("after").last().over("row").str.extract("^[,、]?各(.+)$")  # 3月、9月各1次
    level = pl.when(each.is_not_null()).then(each).when(forward).then("after").when(backward).then("before")
    level = level.str.replace(_MARK, "").str.replace("^[,;、。:)]+", "").str.replace("[,;、。:(和及到至以]+$", "")
    marks = marks.with_columns(level.alias("level"))
    has_number = pl.col("level").str.contains("[0-9]").fill_null(False)
    aside = pl.col("is_scope") | pl.col("is_relative") | pl.col("is_past")
    matters = ~aside | (has_number & (has_number.sum().over("row") > 1))
    marks = marks.with_columns(matters.alias("matters"), has_number.alias("has_number"))
    is_scoped = ~pl.col("matters").any().over("row")
    scoped = marks.filter(is_scoped).unique("row", keep="first").select("row", pl.col("skeleton").alias("text"))
    text = dates.restored(scoped["text"].str.replace_all(DATE, ""))
    return marks.filter(~is_scoped), scoped.with_columns(text.alias("text"))


def _read_levels(marks: pl.DataFrame) -> pl.DataFrame:
    """Return the steps of values each of whose dates that matter has a number that was read, or none."""
    is_read = pl.col("operator").is_not_null() & pl.col("value_max").is_null() & pl.col("matters")
    is_step = pl.col("level").is_not_null() & pl.col("due_on").is_not_null() & (is_read | ~pl.col("has_number"))
    marks = marks.with_columns(is_step.alias("is_step")).filter(pl.col("is_step").all().over("row"))
    return _steps(marks.filter("matters"))


def _steps(marks: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("row").alias("step_no")
    return marks.select("row", number, "due_on", "operator", "value", "unit")
