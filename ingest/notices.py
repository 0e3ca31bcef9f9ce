"""What the reading noticed and that is no failure: contradictions, and numbers that nobody could read."""

from typing import Final

import polars as pl

from ingest.accounts import NUMBERS, STAGES
from ingest.nothing import known_of_nothing
from ingest.reading import at
from ingest.terms import TERMS
from ingest.typed import NOT_SAID

_COLUMNS: Final = ["document_id", "form_no", "table_no", "line_no", "indicator_no", "code", "evidence"]


def notices(
    remarks: pl.DataFrame,
    lines: pl.DataFrame,
    forms: pl.DataFrame,
    *,
    amounts: pl.DataFrame,
    spent: pl.DataFrame,
    indicators: pl.DataFrame,
) -> pl.DataFrame:
    """Return what the reading noticed: contradictions, amounts and targets that hold a number nobody could read."""
    none = pl.lit(None, pl.UInt32)
    year = at(_contradicted(forms), lines, "form").with_columns(
        indicator_no=none, code=pl.lit("year_contradiction"), evidence=_years()
    )
    remarks = at(remarks.join(forms.select("document_id", "form_no", form="titled"), on="form"), lines).with_columns(
        indicator_no=none
    )
    derived = indicators.filter("derived").with_columns(
        code=pl.lit("level_derived"), evidence=pl.format("{} → {}", "level2", "level1")
    )
    unticked = [
        at(forms.filter(pl.col(raw).is_not_null(), pl.col(name).is_null()), lines, line).with_columns(
            indicator_no=none, code=pl.lit("attribute_not_ticked"), evidence=raw
        )
        for name, raw, line in (
            ("project_attribute", "project_attribute_raw", "attribute_line"),
            ("category", "category_raw", "category_line"),
        )
    ]
    dates = [
        at(forms.filter(pl.col(f"unread_{name}").is_not_null()), lines, f"{name}_line").with_columns(
            indicator_no=none, code=pl.lit("date_not_understood"), evidence=f"unread_{name}"
        )
        for name in TERMS
    ]
    place, folder = (
        pl.col(name).str.strip_suffix("00").str.strip_suffix("00") for name in ("region_code", "folder_region")
    )
    elsewhere = ~(place.str.starts_with(folder) | folder.str.starts_with(place))
    region = at(forms.filter(elsewhere), lines, "form").with_columns(
        indicator_no=none,
        code=pl.lit("region_contradiction"),
        evidence=pl.format("{}: {} | folder: {}", "region_from", "region_code", "folder_region"),
    )
    total = pl.col("role").is_in(["total", "whole_total"])
    unread = at(amounts.filter(~pl.col("understood")), lines).with_columns(
        indicator_no=none,
        code=pl.when(pl.col("money_unit").is_null())
        .then(pl.lit("money_unit_unknown"))
        .when(total)
        .then(pl.lit("total_not_a_number"))
        .otherwise(pl.lit("amount_not_a_number")),
        evidence=pl.format("{} | {}", "label", "amount_raw"),
    )
    said = [
        *_COLUMNS[:-2],
        "content",
        "value_raw",
        "number_not_understood",
        "weight",
        "score",
        "col_weight",
        "col_score",
    ]
    indicators = indicators.select(said)
    words = indicators.filter("number_not_understood").with_columns(
        code=pl.lit("number_not_understood"),
        evidence=pl.format("{} | {}", pl.col("content").fill_null(""), "value_raw"),
    )
    scores = [
        _unread(indicators, raw, name).with_columns(
            code=pl.lit("score_not_a_number"), evidence=pl.format("{} | {}", pl.col("content").fill_null(""), raw)
        )
        for raw, name in (("col_weight", "weight"), ("col_score", "score"))
    ]
    refused = forms.filter(pl.col("refusal").is_not_null()).select("document_id", "form_no")
    found = (year, region, *unticked, *dates, remarks, unread, _of_spending(spent, lines), derived, words, *scores)
    return (
        pl.concat([frame.select(_COLUMNS) for frame in found], how="vertical_relaxed")
        .join(refused, on=["document_id", "form_no"], how="anti")
        .sort("document_id", "form_no", "line_no", maintain_order=True)
    )


@known_of_nothing
def _of_spending(spent: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the notices of amounts and shares in the execution of budgets that nobody could read."""
    stages = [
        at(spent.filter(~pl.col(f"{raw}_understood")), lines).with_columns(
            indicator_no=pl.lit(None, pl.UInt32),
            code=pl.when(pl.col("money_unit").is_null())
            .then(pl.lit("money_unit_unknown"))
            .otherwise(pl.lit("amount_not_a_number")),
            evidence=pl.format("{} | {}", pl.col("label").fill_null(""), raw),
        )
        for raw in STAGES
    ]
    shares = [
        at(_unread(spent, raw, name), lines).with_columns(
            indicator_no=pl.lit(None, pl.UInt32),
            code=pl.lit("score_not_a_number"),
            evidence=pl.format("{} | {}", pl.col("label").fill_null(""), raw),
        )
        for raw, name in NUMBERS.items()
    ]
    return pl.concat([frame.select(_COLUMNS) for frame in (*stages, *shares)], how="vertical_relaxed")


def _unread(rows: pl.DataFrame, raw: str, name: str) -> pl.DataFrame:
    """Return the rows that print something in `raw` of which no number (`name`) was made."""
    return rows.filter(pl.col(raw).is_not_null() & pl.col(name).is_null() & ~pl.col(raw).is_in(NOT_SAID))


_YEARS: Final = {
    "title": "title_year",
    "header": "header_year",
    "heading": "document_year",
    "label": "label_year",
    "folder": "stored_year",
}
"""Where a fiscal year may be said, the most telling place first."""


def _contradicted(forms: pl.DataFrame) -> pl.DataFrame:
    """Return the forms of which two places say different fiscal years; a title's own year answers for the document's."""
    forms = forms.with_columns(document_year=pl.when(pl.col("title_year").is_null()).then("document_year"))
    said = list(_YEARS.values())
    return forms.filter(pl.min_horizontal(said) != pl.max_horizontal(said))


def _years() -> pl.Expr:
    """Tell each place and its year (2023年度…申报表 | folder: 2024)."""
    told = [
        pl.when(pl.col(year).is_not_null()).then(pl.format("{}: {}", pl.lit(place), year))
        for place, year in _YEARS.items()
        if place not in {"title", "folder"}
    ]
    title = pl.when(pl.col("title_year").is_not_null()).then("heading")
    stored = pl.format("{}: {}", "stored_from", "stored_year")
    return pl.concat_str([title, *told, stored], separator=" | ", ignore_nulls=True)
