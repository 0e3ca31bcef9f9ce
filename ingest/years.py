"""Which fiscal year a form is of: what its title, its header, its document's heading and its labels say."""

from typing import Final

import polars as pl

from ingest.names import arabic
from ingest.remarks import REMARKS
from ingest.structure import bits, has
from ingest.tokens import ROLES, YEAR_ALONE

DIGITS: Final = r"((?:199|20\d)\d)"
"""Budgets with performance goals are of the years from 1990 on: 1900年度 is a slip, and the folder decides."""
YEAR: Final = rf"{DIGITS}\s*年"
SPAN: Final = r"(?:19|20)\d{2}年?[-—~至－]+(?:19|20)\d{2}年?"
"""2024-2026年: a plan's years are no fiscal year."""
_SPACED: Final = r"\b([12])\s([09])\s(\d)\s(\d)\b"
"""2 0 2 3 年 度, as titles are spaced out."""
_BARE: Final = r"(?:^|\D)(20[0-3]\d)(?:\D|$)"
_LABEL: Final = rf"^\s*{DIGITS}\s*年"
_DATED: Final = ("goal", "col_value")
"""Labels that may name the year: 2023年度目标, 2023年目标值."""
_HEADING: Final = "绩效|预算|自评|项目支出"
_LONGEST_HEADING: Final = 240


def beside_unit() -> pl.Expr:
    """Say whether a token is the year in the line of the unit of money (2023年度 | 单位：万元)."""
    return (pl.col("kind") == "unit") & pl.col("text").str.contains(YEAR_ALONE)


def in_text(text: pl.Expr) -> pl.Expr:
    """Return the year that a title or heading names (Int32); NULL where there is none, or only a plan's span of years."""
    plain = arabic(text.str.replace_all(_SPACED, "${1}${2}${3}${4}")).str.replace_all(SPAN, " ")
    return pl.coalesce(plain.str.extract(YEAR, 1), plain.str.extract(_BARE, 1)).cast(pl.Int32)


def of_documents(described: pl.DataFrame, lines: pl.DataFrame, titled: pl.DataFrame) -> pl.DataFrame:
    """Return the one year that a document's titles name, or else its heading above the first form.

    Args:
        described: `line`, `form`, `kind`.
        lines: LINES.
        titled: `titled` (a line), `title_year`.

    Returns:
        `document_id`, `document_year`, for the forms that name none themselves.
    """
    document = lines.get_column("document_id")
    titles = titled.select("title_year", document_id=document[titled.get_column("titled")]).drop_nulls()
    raw = lines.get_column("raw_text")
    above = described.filter(pl.col("form").is_null(), pl.col("kind") == "text").get_column("line")
    headings = pl.DataFrame({"document_id": document[above], "text": raw[above]}).filter(
        pl.col("text").str.contains(_HEADING), pl.col("text").str.len_bytes() <= _LONGEST_HEADING
    )
    headings = headings.select(pl.lit(2).alias("rank"), "document_id", year=in_text(pl.col("text"))).drop_nulls()
    said = pl.concat([titles.select(pl.lit(1).alias("rank"), "document_id", year="title_year"), headings])
    years = said.group_by("document_id", "rank").agg(pl.col("year").unique()).filter(pl.col("year").list.len() == 1)
    first = years.sort("document_id", "rank").unique("document_id", keep="first", maintain_order=True)
    return first.select("document_id", document_year=pl.col("year").list.first())


def of_labels(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the one year that the labels of a form's goals and targets name: `titled` (the form), `label_year`."""
    named = tokens.select("form", "text", "role").filter(pl.col("role").is_in(_DATED))
    named = named.filter(pl.col("text").str.contains(_LABEL)).select("form", year=pl.col("text").str.extract(_LABEL, 1))
    years = named.drop_nulls().group_by("form").agg(pl.col("year").unique()).filter(pl.col("year").list.len() == 1)
    return years.select(titled="form", label_year=pl.col("year").list.first().cast(pl.Int32))


def without_past_results(described: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Take the results that `chosen` has left out from what `described` says of their lines (`roles`)."""
    printed = described.filter(has("col_actual"), pl.col("kind").is_in(["columns", "list_columns"])).get_column("line")
    kept = tokens.filter(pl.col("role") == "col_actual").get_column("line")
    past = printed.filter(~printed.is_in(kept.implode()))
    if not len(past):
        return described
    results = pl.lit(bits("col_actual"), pl.UInt64)
    rest = pl.when(pl.col("line").is_in(past.implode())).then(pl.col("roles") & ~results).otherwise("roles")
    return described.with_columns(roles=rest)


def chosen(tokens: pl.DataFrame, lines: pl.DataFrame, documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take of targets of several years (2023年目标值 | 2024年目标值) those of the form's year; the others, and results of
    years before the targets' (2022年实际值), are only kept.

    Args:
        tokens: with `form`, `kind`.
        lines: LINES.
        documents: `document_id`, `fiscal_year`.

    Returns:
        The tokens, and remarks (REMARKS) on the columns left out. Where the year's own column cannot be told, nothing
        is chosen.
    """
    header = pl.col("kind").is_in(["columns", "list_columns"])
    columns = tokens.with_row_index("at").filter(header, pl.col("role").is_in(["col_value", "col_actual"]))
    columns = columns.select(
        "at", "form", "line", "text", "role", year=pl.col("text").str.extract(_LABEL, 1).cast(pl.Int32)
    ).filter(pl.col("year").n_unique().over("line") > 1, pl.col("year").is_not_null())
    if not columns.height:
        return tokens, pl.DataFrame(schema=REMARKS)
    target = pl.col("role") == "col_value"
    titles = tokens.filter(pl.col("kind") == "title").select("form", title_year=in_text(pl.col("text"))).drop_nulls()
    stored = documents.select("document_id", stored_year="fiscal_year").unique("document_id", keep="first")
    columns = (
        columns.with_columns(document_id=lines.get_column("document_id")[columns.get_column("form")])
        .join(titles.unique("form", keep="first"), on="form", how="left", maintain_order="left")
        .join(stored, on="document_id", how="left", maintain_order="left")
        .with_columns(ours=target & (pl.col("year") == pl.coalesce("title_year", "stored_year")))
        .with_columns(told=pl.when(target.sum().over("line") == 1).then(target).otherwise(pl.col("ours")))
        .with_columns(year_told=pl.col("year").filter(pl.col("told")).first().over("line"))
    )
    one = pl.col("told").sum().over("line") == 1
    others = columns.filter(one, pl.when(target).then(~pl.col("told")).otherwise(pl.col("year") < pl.col("year_told")))
    left_out = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(others.get_column("at").implode())
    remarks = others.group_by("line", maintain_order=True).agg(pl.col("form").first(), pl.col("text").str.join(" | "))
    remarks = remarks.select("form", "line", code=pl.lit("targets_of_other_years"), evidence="text")
    return tokens.with_columns(role=pl.when(left_out).then(pl.lit("col_other", ROLES)).otherwise("role")), remarks
