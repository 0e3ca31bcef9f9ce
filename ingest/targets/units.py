"""Units of measure as printed: their dimension, base unit and factor (reference/units.csv)."""

from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from ingest.schema import NUMBER
from ingest.targets.words import any_of

SCALES: Final = {
    "万亿": "1000000000000", "千亿": "100000000000", "百亿": "10000000000", "十亿": "1000000000", "亿": "100000000",
    "千万": "10000000", "百万": "1000000", "十万": "100000", "万": "10000", "千": "1000", "百": "100",
}  # fmt: skip
SCALE: Final = any_of(SCALES)
"""万, 亿 and their kin before a unit."""


@cache
def table() -> pl.DataFrame:
    """Return the reviewed units: unit, dimension, base_unit, factor (Decimal), reason."""
    text = (files("ingest") / "reference" / "units.csv").read_bytes()
    return pl.read_csv(text, schema_overrides={"factor": NUMBER}).with_columns(pl.col("base_unit").fill_null(""))


@cache
def known() -> tuple[str, ...]:
    """Return all reviewed units, longest first."""
    return tuple(sorted(table()["unit"].to_list(), key=lambda unit: (-len(unit), unit)))


@cache
def pattern() -> str:
    """Return a pattern that matches the longest reviewed unit."""
    return any_of(known())


def resolve(units: pl.Series) -> pl.DataFrame:
    """Return one row for each distinct unit: unit, base_unit, factor, is_known.

    A unit that is not in the table but begins with a scale (万架次) is scaled; a compound scales with its numerator
    (万元/学位); any other is its own base unit.
    """
    distinct = units.unique().drop_nulls().alias("unit").to_frame()
    reviewed = table().select("unit", "base_unit", "factor")
    parts = distinct.with_columns(
        pl.col("unit").str.extract(rf"^({SCALE})").replace_strict(SCALES, default="1").cast(NUMBER).alias("scale"),
        pl.col("unit").str.replace(rf"^{SCALE}", "").alias("rest"),
        pl.col("unit").str.extract(r"^([^/]+)/").alias("over"),
        pl.col("unit").str.extract(r"^[^/]+(/.*)$").alias("under"),
    )
    over = reviewed.rename({"unit": "over", "base_unit": "over_base", "factor": "over_factor"})
    return (
        parts.join(reviewed, on="unit", how="left")
        .join(over, on="over", how="left")
        .select(
            "unit",
            pl.coalesce("base_unit", pl.col("over_base") + pl.col("under"), "rest").alias("base_unit"),
            pl.coalesce("factor", "over_factor", "scale").alias("factor"),
            (pl.col("factor").is_not_null() | (pl.col("unit") == "")).alias("is_known"),
        )
    )
