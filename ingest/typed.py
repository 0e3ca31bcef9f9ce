"""Indicator rows → typed targets and results; each distinct value is typed once."""

from typing import Final

import polars as pl

from ingest import money
from ingest.reading import at
from ingest.schema import LAKE, NUMBER
from ingest.targets import type_actuals, type_values
from ingest.targets.text import replace_where
from ingest.targets.words import load, signs_of_a_column

NOT_SAID: Final = ("", "/", "-", "—", "－", "无", "——", "--")
"""What is printed where nothing is said."""
_NUMBERED: Final = r"\s*\n\s*(\d{1,2}[.、．)）]|[(（]?[一二三四五六七八九十]+[、)）]|[①-⑳])"
_KEPT: Final = [*LAKE["indicator"], "form", "derived", "col_weight", "col_score"]
"""The indicators' columns, and what is asked of them once they are typed."""
_VALUE: Final = ["value_raw", "operator_raw", "unit_raw", "fiscal_year", "level2"]


def indicators(rows: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the indicators with their typed targets and results, and the steps of milestones."""
    blank = [one.name for one in rows if one.dtype == pl.Null or 0 < rows.height == one.null_count()]
    place, first = pl.int_range(pl.len()), (pl.col("form") != pl.col("form").shift(1)).fill_null(value=True)
    rows = at(rows.drop(blank), lines).with_columns(
        indicator_no=(place - pl.when(first).then(place).forward_fill() + 1).cast(pl.UInt32)
    )
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in blank)
    rows = rows.with_columns(
        content=_in_one_line(rows.get_column("col_content")),
        **_operators(),
        **{name: _unwrapped(rows.get_column(name)) for name in ("col_value", "col_actual", "col_reason")},
    ).with_columns(operator_raw="col_operator", unit_raw="col_unit", value_raw="col_value")
    typed, steps = _typed(rows)
    rows = rows.hstack(typed)
    milestones = (
        rows.filter(pl.col("target_kind") == "milestones")
        .select("document_id", "form_no", "indicator_no", "value_index")
        .join(steps, on="value_index", maintain_order="left_right")
    )
    return rows.hstack(_results(rows)).with_columns(
        value_raw=_value_raw(rows),
        weight=money.numbers(pl.col("col_weight")),
        score=money.numbers(pl.col("col_score")),
        direction="col_direction",
        remark="col_remark",
        actual_raw="col_actual",
        deviation_reason="col_reason",
        is_self_evaluated="has_results",
    ).select(_KEPT), milestones


def _unwrapped(texts: pl.Series) -> pl.Series:
    """Close the gaps that a column's width has left in targets and results; a sentence or a number begins a line."""
    wrapped = texts.str.contains("\n", literal=True).fill_null(value=False)
    if not wrapped.any():
        return texts
    return replace_where(texts, wrapped, _unwrap)


def _unwrap(texts: pl.Series) -> pl.Series:
    kept = texts.str.replace_all(_NUMBERED, "\x01${1}").str.replace_all(r"([。；;！!])\s*\n\s*", "${1}\x01")
    return kept.str.replace_all(r"\s*\n\s*", "").str.replace_all("\x01", "\n", literal=True)


def _operators() -> dict[str, pl.Expr]:
    """Take a column of directions (指标方向), one of units, or one that nobody named, for one of operators where it holds
    these: 定性 is no unit."""
    operator, direction, other = (pl.col(name) for name in ("col_operator", "col_direction", "col_other"))
    words = [*signs_of_a_column(), *load()["qualitative_marks"]]
    signs = direction.str.normalize("NFKC").is_in(words).fill_null(value=False)
    nature = pl.col("col_unit").str.strip_chars().is_in(load()["qualitative_marks"]).fill_null(value=False)
    nameless = other.str.normalize("NFKC").is_in(words).fill_null(value=False)
    return {
        "col_operator": pl.when(operator.is_not_null())
        .then(operator)
        .when(signs)
        .then(direction)
        .when(nature)
        .then("col_unit")
        .when(nameless)
        .then(other),
        "col_unit": pl.when(~nature).then("col_unit"),
        "col_direction": pl.when(operator.is_not_null() | ~signs).then(direction),
    }


def _in_one_line(text: pl.Series) -> pl.Series:
    broken = text.str.contains("\n", literal=True)
    return replace_where(text, broken, lambda some: some.str.replace_all(r"\s*\n\s*", ""))


def _value_raw(rows: pl.DataFrame) -> pl.Expr:
    """Join operator, number and unit where they stand in columns of their own."""
    if rows.get_column("col_operator").null_count() == rows.get_column("col_unit").null_count() == rows.height:
        return pl.col("col_value")
    operator = pl.col("col_operator").str.strip_chars()
    symbol = pl.when(operator.str.contains("^[^定]")).then(operator)
    value, unit = pl.col("col_value"), pl.col("col_unit").str.strip_chars()
    unit = pl.when(~value.str.ends_with(unit) & ~unit.is_in(NOT_SAID)).then(unit)
    symbol = pl.when(~value.str.starts_with(symbol)).then(symbol)
    return pl.when(value.is_not_null()).then(pl.concat_str(symbol.fill_null(""), value, unit.fill_null("")))


def _typed(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type each distinct target once: the typed columns of each row with `value_index`, and the steps of milestones."""
    keys = [name for name in _VALUE if not _is_constant(rows.get_column(name))] or _VALUE[:1]
    distinct = (
        rows.select(*_VALUE, at=pl.int_range(pl.len(), dtype=pl.UInt32))
        .group_by(keys, maintain_order=True)
        .agg(pl.exclude(*keys, "at").first(), "at")
        .with_row_index("value_index")
    )
    typed, steps = type_values(distinct.select(_VALUE))
    typed = typed.select(pl.exclude(_VALUE)).hstack(distinct.select("value_index"))
    places = distinct.select("value_index", "at").explode("at")
    index = pl.zeros(rows.height, pl.UInt32, eager=True).scatter(
        places.get_column("at"), places.get_column("value_index")
    )
    return typed[index], steps


def _results(rows: pl.DataFrame) -> pl.DataFrame:
    """Type each distinct result once: `actual_value`, `actual_unit` of each row."""
    if rows.get_column("col_actual").null_count() == rows.height:
        nothing = pl.DataFrame(schema={"actual_value": NUMBER, "actual_unit": pl.String})
        return nothing.clear(rows.height)
    keys = ["value_raw", "unit_raw", "fiscal_year", "level2"]
    printed = rows.select(
        "fiscal_year", "level2", "unit_raw", value_raw="col_actual", operator_raw=pl.lit(None, pl.String)
    )
    distinct = printed.unique(keys, keep="any")
    actual = type_actuals(distinct).select("actual_value", "actual_unit")
    return (
        printed.select(keys)
        .join(
            pl.concat([distinct.select(keys), actual], how="horizontal"),
            on=keys,
            how="left",
            maintain_order="left",
            nulls_equal=True,
        )
        .select("actual_value", "actual_unit")
    )


def _is_constant(column: pl.Series) -> bool:
    nulls = column.null_count()
    return nulls == len(column) or (nulls == 0 and (column == column[0]).all())
