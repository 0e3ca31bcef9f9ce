"""Results of self-evaluations as printed (实际完成值): the number and its unit, where it is one."""

import polars as pl

from ingest.schema import LAKE
from ingest.targets.values import type_values


def type_actuals(values: pl.DataFrame) -> pl.DataFrame:
    """Return the values (columns value_raw, unit_raw, fiscal_year, level2) with actual_value and actual_unit added.

    Null for words (已完成), dates (2023年11月完成) and what holds several numbers: their text stays in value_raw.
    """
    typed, _ = type_values(values.with_columns(pl.lit(None, pl.String).alias("operator_raw")))
    number = pl.col("target_value").is_not_null() & pl.col("target_value_max").is_null()
    return values.with_columns(
        typed.select(
            pl.when(number).then("target_value").cast(LAKE["indicator"]["actual_value"]).alias("actual_value"),
            pl.when(number).then("unit").alias("actual_unit"),
        )
    )
