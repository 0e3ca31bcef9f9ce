"""One cell a line: amounts that stand behind all of their labels (资金总额 中央 省级 1,500 1,000 500) → each behind its own."""

import polars as pl

from ingest.money import AMOUNT, ROWS
from ingest.remarks import REMARKS


def paired(money: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bring amounts behind their labels, where as many amounts as labels stand behind each other.

    Args:
        money: tokens of money lines with `form`, `dialect`, in reading order.

    Returns:
        The tokens; where labels and amounts differ in number nobody can say whose they are: these amounts are left out,
        and REMARKS (`field_not_understood`) quote them.
    """
    flat = (pl.col("dialect") == "cell") & (pl.col("role") != "money_head").fill_null(value=True)
    nothing = pl.DataFrame(schema=REMARKS)
    if not money.select(flat.any()).item():
        return money, nothing
    money = money.with_row_index("at")
    label = pl.col("role").is_in(ROWS).fill_null(value=False)
    amount = pl.col("role").is_null() & pl.col("text").str.contains(AMOUNT)
    runs = money.filter(flat).select("at", "form", "line", "text", label=label, amount=amount)
    anew = pl.col("label") & ~pl.col("label").shift(1) | (pl.col("form") != pl.col("form").shift(1))
    runs = runs.with_columns(run=anew.fill_null(value=True).cum_sum())
    # Only amounts that stand right behind the labels; a word between them ends the run.
    runs = runs.with_columns(broken=(~pl.col("label") & ~pl.col("amount")).cum_sum().over("run") > 0)
    runs = runs.filter(~pl.col("broken")).with_columns(
        labels=pl.col("label").sum().over("run"), amounts=pl.col("amount").sum().over("run")
    )
    several = runs.filter(pl.col("labels") > 1, pl.col("amounts") > 1)
    if not several.height:
        return money.drop("at"), nothing
    even = several.filter(pl.col("labels") == pl.col("amounts"))
    odd = several.filter(pl.col("labels") != pl.col("amounts"), "amount")
    nth = pl.int_range(pl.len()).over("run")
    labels = even.filter("label").with_columns(nth=nth).select("run", "nth", "line", place="at")
    moved = even.filter("amount").with_columns(nth=nth).join(labels, on=["run", "nth"], suffix=" new")
    moved = moved.select("at", place="place", new="line new")
    tokens = (
        money.join(moved, on="at", how="left", maintain_order="left")
        .with_columns(
            line=pl.coalesce("new", "line"), order=pl.coalesce("place", "at"), second=pl.col("new").is_not_null()
        )
        .filter(~pl.col("at").is_in(odd.get_column("at").implode()))
        .sort("order", "second", maintain_order=True)
    )
    told = odd.group_by("form", "run", maintain_order=True).agg(pl.col("line").first(), pl.col("text").str.join(" "))
    remarks = told.select("form", "line", code=pl.lit("field_not_understood"), evidence="text")
    return tokens.select(money.columns).drop("at"), remarks
