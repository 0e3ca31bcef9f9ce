"""What the reading noticed and that is no failure: contradictions, and numbers that nobody could read."""

import polars as pl

from ingest.accounts import STAGES
from ingest.reading import Reading, at
from ingest.typed import NOT_SAID


def notices(
    read: Reading, forms: pl.DataFrame, amounts: pl.DataFrame, spent: pl.DataFrame, indicators: pl.DataFrame
) -> pl.DataFrame:
    """Return what the reading noticed: contradictions, amounts and targets that hold a number nobody could read."""
    none = pl.lit(None, pl.UInt32)
    base = ["document_id", "form_no", "table_no", "line_no", "indicator_no", "code", "evidence"]
    year = at(forms.filter(pl.col("title_year") != pl.col("stored_year")), read.lines, "form").with_columns(
        indicator_no=none,
        code=pl.lit("year_contradiction"),
        evidence=pl.format("{} | {}: {}", "heading", "stored_from", "stored_year"),
    )
    place, folder = (
        pl.col(name).str.strip_suffix("00").str.strip_suffix("00") for name in ("region_code", "folder_region")
    )
    elsewhere = ~(place.str.starts_with(folder) | folder.str.starts_with(place))
    region = at(forms.filter(elsewhere), read.lines, "form").with_columns(
        indicator_no=none,
        code=pl.lit("region_contradiction"),
        evidence=pl.format("{}: {} | folder: {}", "region_from", "region_code", "folder_region"),
    )
    total = pl.col("role").is_in(["total", "whole_total"])
    unread = at(amounts.filter(~pl.col("understood")), read.lines).with_columns(
        indicator_no=none,
        code=pl.when(pl.col("money_unit").is_null())
        .then(pl.lit("money_unit_unknown"))
        .when(total)
        .then(pl.lit("total_not_a_number"))
        .otherwise(pl.lit("amount_not_a_number")),
        evidence=pl.format("{} | {}", "label", "amount_raw"),
    )
    stages = [
        at(spent.filter(~pl.col(f"{raw}_understood")), read.lines).with_columns(
            indicator_no=none, code=pl.lit("amount_not_a_number"), evidence=pl.format("{} | {}", "label", raw)
        )
        for raw in STAGES
    ]
    words = indicators.filter("number_not_understood").with_columns(
        code=pl.lit("number_not_understood"),
        evidence=pl.format("{} | {}", pl.col("content").fill_null(""), "value_raw"),
    )
    scores = [
        indicators.filter(
            pl.col(raw).is_not_null() & pl.col(name).is_null() & ~pl.col(raw).is_in(NOT_SAID)
        ).with_columns(
            code=pl.lit("score_not_a_number"), evidence=pl.format("{} | {}", pl.col("content").fill_null(""), raw)
        )
        for raw, name in (("col_weight", "weight"), ("col_score", "score"))
    ]
    refused = forms.filter(pl.col("refusal").is_not_null()).select("document_id", "form_no")
    return (
        pl.concat(
            [frame.select(base) for frame in (year, region, unread, *stages, words, *scores)], how="vertical_relaxed"
        )
        .join(refused, on=["document_id", "form_no"], how="anti")
        .sort("document_id", "form_no", "line_no", maintain_order=True)
    )
