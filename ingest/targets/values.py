"""Printed target values, typed: kind, operator, number, unit, dates, text."""

from typing import Final

import polars as pl

from ingest.schema import LAKE
from ingest.schema import NUMBER as DECIMAL
from ingest.targets import alike, dated, periods, quantities, text, units
from ingest.targets.words import NUMBER, SIGNS, load, signs_of_a_column

TYPED: Final = pl.Schema({
    name: LAKE["indicator"][name]
    for name in (
        "target_kind", "operator", "target_value", "target_value_max", "unit", "base_value", "base_value_max",
        "base_unit", "starts_on", "due_on", "target_text", "number_not_understood",
    )
})  # fmt: skip
"""What `type_values` adds to a row: the target's columns of the lake's indicator table."""

MILESTONES: Final = pl.Schema(
    {"value_index": pl.UInt32}
    | {name: LAKE["milestone"][name] for name in ("step_no", "due_on", "operator", "target_value", "unit")}
)
"""Dated steps of milestone targets; value_index: the row of the input, from 0."""

_LONGEST: Final = 600  # bytes, some 200 characters: a longer text is prose, and a cell of 10 MB costs nothing
_TIME_LEVELS: Final = "时效|进度"
_BARE_NUMBER: Final = rf"^[{SIGNS}]*(?:{NUMBER})(?:[至~-](?:{NUMBER}))?$"
_DATE_UNITS: Final = "^(?:年|月|日|号|季度|月份|年度)(?:底|末)?(?:前|之前|以前)?$"
_BRACKETED: Final = r"^\(((?:[^()]|\([^()]*\))*)\)$"
_NUMBERED: Final = r"^(?:\([0-9]{1,2}\)|[0-9]{1,2}[、.)]|[①-⑮])([^0-9].*[0-9].*)$"


def type_values(values: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type printed values: columns value_raw, operator_raw, unit_raw, fiscal_year, level2; one row a distinct value.

    Returns the same rows in the same order with TYPED added, and MILESTONES. A blank value has target_kind null; what
    can't be read is qualitative, with number_not_understood where a number is in it.
    """
    like = alike.examples(values, _is_time(values))
    rows = pl.int_range(values.height, dtype=pl.UInt32, eager=True)
    typed, steps = _read(values, rows.filter(~rows.is_in(like.get_column("row").implode())))
    if like.height:
        led = _led(like.join(typed, left_on="example", right_on="row"), values)
        typed = pl.concat([typed, led], how="diagonal").sort("row")
    if typed.height < values.height:
        more, more_steps = _read(values, rows.filter(~rows.is_in(typed.get_column("row").implode())))
        typed, steps = pl.concat([typed, more]).sort("row"), pl.concat([steps, more_steps])
    return values.hstack(typed.drop("row")), steps.sort("value_index", "step_no")


def _led(like: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Type values like the examples that they are alike; not where these say anything but words, or their number."""
    kind, is_its = pl.col("target_kind"), pl.col("target_value") == pl.col("example_number")
    numeric = like.filter(kind == "numeric", is_its, pl.col("target_value_max").is_null())
    based = _in_base_units(numeric.select("row", "operator", "unit", value="number", value_max=pl.lit(None, DECIMAL)))
    words = like.filter(kind.is_in(["qualitative", "frequency"]))
    printed = text.printed(values["value_raw"].gather(words["row"]))
    return pl.concat(
        [
            based.with_columns(pl.lit("numeric").alias("target_kind"), pl.lit(False).alias("number_not_understood")),
            words.select("row", "target_kind", "number_not_understood", printed.alias("target_text")),
        ],
        how="diagonal",
    )


def _read(values: pl.DataFrame, asked: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the values of the rows `asked`, each on its own: `row` and TYPED, and MILESTONES."""
    rows = _composed(values[asked], asked)
    is_short = pl.col("text").str.len_bytes() <= _LONGEST
    readable = rows.filter(~pl.col("is_blank") & ~pl.col("is_words") & is_short)
    is_frequent = periods.is_frequency(readable["text"])
    found = dated.read(readable.filter(~is_frequent))
    numbers = _numbers(found.rest, rows)
    typed = [
        readable.filter(is_frequent).select("row", pl.lit("frequency").alias("target_kind")),
        found.deadlines.with_columns(pl.lit("deadline").alias("target_kind")),
        found.steps.select("row", pl.lit("milestones").alias("target_kind")).unique("row"),
        numbers.with_columns(pl.lit("numeric").alias("target_kind")),
    ]
    frame = rows.join(pl.concat(typed, how="diagonal"), on="row", how="left", maintain_order="left")
    steps = found.steps.select(
        pl.col("row").alias("value_index"),
        "step_no",
        "due_on",
        "operator",
        pl.col("value").alias("target_value"),
        "unit",
    )
    return _with_text(frame), steps.match_to_schema(MILESTONES)


def _is_time(values: pl.DataFrame) -> pl.Series:
    return values["level2"].str.contains(_TIME_LEVELS).fill_null(False)


def _composed(values: pl.DataFrame, row: pl.Series) -> pl.DataFrame:
    """Return for each value: row, printed, text (normalised, with operator and unit of their own columns where these
    change what it says), unit_raw (normalised), fiscal_year, is_time, is_blank, is_words (its column says so).
    """
    frame = pl.DataFrame(
        {
            "row": row,
            "printed": text.printed(values["value_raw"]),
            "text": text.normalise(values["value_raw"]),
            "mark": text.normalise(values["operator_raw"]),
            "unit_raw": text.normalise(values["unit_raw"]),
            "fiscal_year": values["fiscal_year"].cast(pl.Int32),
            "is_time": _is_time(values),
        }
    )
    value = pl.col("text").str.strip_chars("。;,、“”\"'").str.replace(_BRACKETED, "${1}").str.replace(_NUMBERED, "${1}")
    bare, scaled = pl.col("text").str.contains(_BARE_NUMBER), pl.col("text").str.contains(rf"[0-9]{units.SCALE}$")
    unit = pl.when(pl.col("unit_raw").is_in(load()["placeholders"])).then(pl.lit("")).otherwise("unit_raw")
    is_sign = pl.col("mark").is_in(list(signs_of_a_column())) & ~pl.col("text").str.contains(f"^[{SIGNS}]")
    goes_with = (bare & pl.col("unit_raw").str.contains(_DATE_UNITS)) | scaled  # 12 and 月, 5万 and 元
    return frame.with_columns(
        value.alias("text"),
        unit.alias("unit_raw"),
        (pl.col("text") == "").alias("is_blank"),
        (pl.col("mark").is_in(load()["qualitative_marks"]) & bare).alias("is_words"),  # 95% says more than the column
    ).with_columns(
        (
            pl.when(is_sign).then("mark").otherwise(pl.lit(""))
            + pl.col("text")
            + pl.when(goes_with).then("unit_raw").otherwise(pl.lit(""))
        ).alias("text")
    )


def _numbers(rest: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Read quantities; those that do not fit Decimal(24,6), in base units too, are left out."""
    frame = rest.filter(pl.col("operator").is_not_null()).join(rows.select("row", "unit_raw"), on="row", how="left")
    frame = frame.with_columns(pl.when(pl.col("unit") == "").then("unit_raw").otherwise("unit").alias("unit"))
    return _in_base_units(frame.select("row", "operator", "unit", "value", "value_max"))


def _in_base_units(quantities: pl.DataFrame) -> pl.DataFrame:
    """Add base units to quantities (row, operator, unit, value, value_max); those that do not fit are left out."""
    frame = quantities.join(units.resolve(quantities["unit"]), on="unit", how="left")
    based = frame.select(
        "row",
        "operator",
        pl.col("value").alias("target_value"),
        pl.col("value_max").alias("target_value_max"),
        "unit",
        (pl.col("value") * pl.col("factor")).cast(DECIMAL, strict=False).alias("base_value"),
        (pl.col("value_max") * pl.col("factor")).cast(DECIMAL, strict=False).alias("base_value_max"),
        "base_unit",
    )
    lost = pl.col("base_value_max").is_null() & pl.col("target_value_max").is_not_null()
    return based.filter(pl.col("base_value").is_not_null() & ~lost)


def _with_text(frame: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(~pl.col("is_blank")).then(pl.coalesce("target_kind", pl.lit("qualitative")))
    frame = frame.with_columns(kind.alias("target_kind"))
    is_words = pl.col("target_kind").is_in(["qualitative", "frequency"])
    unread = quantities.without_words(frame["text"]).str.replace_all("(?:19|20)[0-9]{2}(?:年度?|-)?", "")
    has_number = unread.str.contains(r"\p{Nd}|[一二三四五六七八九十百千]分之|[壹贰叁肆陆柒捌玖]")
    return frame.with_columns(
        pl.when(is_words).then("printed").alias("target_text"),
        ((pl.col("target_kind") == "qualitative") & has_number).fill_null(False).alias("number_not_understood"),
    ).select("row", *(pl.col(name).cast(dtype) for name, dtype in TYPED.items()))
