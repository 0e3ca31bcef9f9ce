"""Values that name dates: deadlines (12月底前完成) and milestones (上半年完成40%，年底完成100%以上)."""

from typing import Final, NamedTuple

import polars as pl

from ingest.targets import dates, quantities
from ingest.targets.dates import DATE
from ingest.targets.text import replace_where
from ingest.targets.words import SIGNS, any_of, load

_LONGEST: Final = 40  # characters: a longer text says more than when
_MARK: Final = "^(?:之前|以前|前|底|末|为止|止|之内|以内|内)"
_EXACT: Final = "(?:底|末|终|内|日|号|旬)$"
_YEAR_ALONE: Final = r"^(?:(?:19|20)[0-9]{2}年|当年|本年|今年)度?$"
_SCOPE: Final = r"^(?:(?:19|20)[0-9]{2}年度?|(?:当|本|今)年度?)?(?:内|全年度?|年内|年度内)?$"
_OTHERWISE: Final = "^(?:起|开始|以来|以后|之后|后|至今|以上|[无不零未没])"  # 2023年以来, 年内无事故: no deadlines
# Dates without their words, where the level says that dates stand there (时效指标): 2023, 2023.12, 12.31.
_BARE: Final = (
    (rf"^([{SIGNS}]*)((?:19|20)[0-9]{{2}})$", "${1}${2}年"),
    (rf"^([{SIGNS}]*)((?:19|20)[0-9]{{2}})[./]?(0?[1-9]|1[0-2])$", "${1}${2}年${3}月"),
    (rf"^([{SIGNS}]*)([1-9]|1[0-2])[./](28|29|30|31)$", "${1}${2}月${3}日"),
)


class Dated(NamedTuple):
    """What `read` found."""

    deadlines: pl.DataFrame
    """row, starts_on, due_on."""
    steps: pl.DataFrame
    """row, step_no, due_on, operator, value, unit: the milestones; no operator, value, unit where none is named."""
    rest: pl.DataFrame
    """row, text: values without a date that matters; a year that is only the scope (2023年完成12次) is taken out."""


def read(rows: pl.DataFrame) -> Dated:
    """Sort values (columns row, text: normalised, fiscal_year, is_time: the level is 时效) by what their dates say.

    Rows that appear in no result hold a date that can't be (2月30日), or one that is no target (2023年以来).
    """
    bare = rows["is_time"] & rows["text"].str.contains(rf"^[{SIGNS}]*[0-9./]+$")
    maybe = bare | dates.looks_dated(rows["text"])
    text = replace_where(rows["text"].filter(maybe), bare.filter(maybe), _with_words)
    frame = rows.filter(maybe).with_columns(dates.in_one_way(text).alias("dated"))
    frame = frame.with_columns(
        pl.col("dated").str.extract_all(dates.PERIOD).alias("period"),
        pl.col("dated").str.replace_all(dates.PERIOD, DATE).alias("skeleton"),
    )
    dated = frame.filter(pl.col("period").list.len() > 0)
    marks = _marks(dated)
    has_level = pl.col("skeleton").str.contains("[0-9]")
    scoped = dated.filter(has_level).join(marks.filter("matters"), on="row", how="anti")
    levels = marks.join(dated.filter(has_level), on="row", how="semi").join(scoped, on="row", how="anti")
    moments = marks.join(dated.filter(~has_level), on="row", how="semi")
    deadlines, unlevelled = _moments(moments)
    rest = pl.concat(
        [
            rows.filter(~maybe).select("row", "text"),
            frame.filter(pl.col("period").list.len() == 0).select("row", "text"),
            scoped.select("row", dates.restored(scoped["skeleton"].str.replace_all(DATE, "")).alias("text")),
        ]
    )
    return Dated(deadlines, pl.concat([_levels(levels), unlevelled]), rest)


def _with_words(text: pl.Series) -> pl.Series:
    for pattern, written in _BARE:
        text = text.str.replace(pattern, written)
    return text


def _marks(dated: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each date of each value: row, before, period, after (the text up to the next dates),
    starts_on, due_on, year_alone, relative, matters (false: it is the scope of the numbers, or what they compare with).
    """
    parts = pl.col("skeleton").str.split(DATE)
    marks = dated.select(
        "row",
        "fiscal_year",
        "period",
        parts.list.head(parts.list.len() - 1).alias("before"),
        parts.list.tail(parts.list.len() - 1).alias("after"),
    ).explode("period", "before", "after")
    known = dates.parse(marks.select("period", "fiscal_year").unique())
    marks = marks.join(known, on=["period", "fiscal_year"], how="left", nulls_equal=True, maintain_order="left")
    unmarked = ~pl.col("period").str.contains(_EXACT) & ~pl.col("after").str.contains(_MARK)
    relative = unmarked & pl.col("before").str.contains(rf"{any_of(load()['relative_words'])}[^,;。]{{0,4}}$")
    is_scope = pl.col("period").str.contains(_SCOPE) & (pl.col("due_on").dt.year() == pl.col("fiscal_year"))
    return marks.with_columns(
        pl.col("period").str.contains(_YEAR_ALONE).alias("year_alone"),
        unmarked.alias("unmarked"),
        relative.alias("relative"),
        is_scope.fill_null(False).alias("scope"),
    ).with_columns((~pl.col("scope") & ~(pl.col("relative") & pl.col("year_alone"))).alias("matters"))


def _moments(marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read values that hold dates and no other number: one moment is a deadline, several are steps without a level."""
    finer = marks.filter(~pl.col("scope") | pl.col("scope").all().over("row"))
    verbs = any_of(load()["deadline_verbs"])
    after = pl.col("after").str.replace(_MARK, "").str.replace(r"^[,;、。:()!]+", "")
    goes_on = (after == "") | after.str.contains(f"^{verbs}") | ~(pl.col("unmarked") | pl.col("scope"))
    fits = (
        pl.col("due_on").is_not_null()
        & ~pl.col("relative")
        & ~after.str.contains(_OTHERWISE)
        & (goes_on | (pl.col("period").is_first_distinct() & False))
        & (pl.col("before").str.len_chars() + pl.col("after").str.len_chars() <= _LONGEST)
    )
    good = finer.with_columns(fits.alias("fits")).filter(pl.col("fits").all().over("row"))
    is_one = pl.col("due_on").n_unique().over("row") == 1
    deadlines = good.filter(is_one).unique("row", keep="first", maintain_order=True)
    steps = good.filter(~is_one).select(
        "row",
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("row").alias("step_no"),
        "due_on",
        pl.lit(None, pl.String).alias("operator"),
        pl.lit(None, quantities.DECIMAL).alias("value"),
        pl.lit(None, pl.String).alias("unit"),
    )
    return deadlines.select("row", "starts_on", "due_on"), steps


def _levels(marks: pl.DataFrame) -> pl.DataFrame:
    """Read values whose numbers belong to dates: after each (6月底前50%，12月底前100%), or before (50%（6月底），…)."""
    first = pl.col("before").first().over("row")
    last = pl.col("after").last().over("row")
    forward = ~first.str.contains("[0-9]")
    backward = ~last.str.contains("[0-9]")
    level = pl.when(forward).then("after").when(backward).then("before")
    level = level.str.replace(_MARK, "").str.replace(r"^[,;、。:)]+", "").str.replace("[,;、。:(和及到至以]+$", "")
    frame = marks.with_columns(level.alias("level"))
    frame = pl.concat([frame, quantities.read(dates.restored(frame["level"]))], how="horizontal")
    has_number = pl.col("level").str.contains("[0-9]")
    fits = (
        pl.col("level").is_not_null()
        & pl.col("due_on").is_not_null()
        & (~has_number | (pl.col("operator").is_not_null() & pl.col("value_max").is_null()))
        & (pl.col("matters") | ~has_number)
    )
    good = frame.with_columns(fits.alias("fits")).filter(pl.col("fits").all().over("row")).filter("matters")
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("row")
    return good.select("row", number.alias("step_no"), "due_on", "operator", "value", "unit")
