"""Printed amounts of a batch's forms → yuan, and the execution of budgets."""

from typing import Final

import polars as pl

from ingest import money
from ingest.nothing import known_of_nothing

STAGES: Final = {
    "col_initial": "initial_budget_yuan",
    "col_adjusted": "adjusted_budget_yuan",
    "col_executed": "executed_yuan",
}
NUMBERS: Final = {"col_rate": "execution_rate", "col_weight": "weight", "col_score": "score"}


def amounts(funding: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Add `amount_yuan` (NULL for a blank cell) and `understood` to the rows of `ingest.money.lines`."""
    known = funding.join(forms.select("form", "document_id", "form_no", "money_unit"), on="form", maintain_order="left")
    return money.in_yuan(known, "amount_raw")


@known_of_nothing
def execution(printed: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Add yuan, percent, weight and score to the rows of `ingest.execution`, and which amounts were understood."""
    known = printed.join(forms.select("form", "document_id", "form_no", "money_unit"), on="form", maintain_order="left")
    for raw, name in STAGES.items():
        known = money.in_yuan(known, raw).rename({"amount_yuan": name, "understood": f"{raw}_understood"})
    known = known.with_columns(money.numbers(pl.col(raw)).alias(name) for raw, name in NUMBERS.items())
    rate = pl.col("execution_rate")
    ratio = pl.col("executed_yuan").cast(pl.Float64) / pl.coalesce("adjusted_budget_yuan", "initial_budget_yuan").cast(
        pl.Float64
    )
    # A rate printed as a share (0.95) where money says 95 %: brought to percent. Nothing else is touched.
    share = ~pl.col("col_rate").str.contains("[%％]") & ((rate.cast(pl.Float64) - ratio).abs() < 0.006) & (ratio > 0)
    return known.with_columns(
        pl.when(share.fill_null(value=False)).then(rate * 100).otherwise(rate).alias("execution_rate"),
        reason=pl.coalesce("col_reason", "col_remark"),
    )
