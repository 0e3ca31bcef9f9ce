"""What was read of each form → one row a form: who, when, where, how much, and which family it is of."""

from typing import Final

import polars as pl

from ingest import money, years
from ingest.families import recognise, title_marks
from ingest.forms import CODE, identities
from ingest.inline import ordered
from ingest.looks import KINDS_OF_TARGETS
from ingest.places import regions
from ingest.reading import Reading
from ingest.structure import GOALS, HEADS, LEVELS, MONEY_COLUMNS, bits, has
from ingest.terms import TERMS, terms

_TARGETS_IN_WORDS: Final = f"{KINDS_OF_TARGETS}[:：]"
NO_FORM: Final = "no_form"
"""Why lines below a title are no form at all: a table of contents, the budget's other tables."""
_PERFORMANCE: Final = (
    *("project_name", "project_code", "unit_or_project", "task", "col_level1", "col_level2", "col_content"),
    *("col_value", "col_actual", *GOALS, *LEVELS, *HEADS),
)
"""What a form has one of at least: a project, a goal, an indicator, or the head of a table of these."""
_ONLY_YEAR: Final = r"^[(（]?\s*(?:(?:19|20)\d{2}\s*年?\s*度?|年\s*度)\s*[)）]?$"


def declarations(read: Reading, documents: pl.DataFrame) -> pl.DataFrame:
    """Return one row a form: who, when, where, and which family it is of."""
    line, kind = pl.col("line"), pl.col("kind")
    written = (kind != "blank") | line.is_in(read.leaders.get_column("line").implode())
    inside = read.described.filter(pl.col("form").is_not_null())
    spans = (
        ordered(inside.select("form", "roles", last=pl.when(written).then(line)), "form")
        .group_by("form", maintain_order=True)
        .agg(pl.col("last").max(), pl.col("roles").bitwise_or())
        .sort("form")
    )
    parents = read.listed.select(form="line", titled="parent")
    spans = spans.join(parents, on="form", how="left", maintain_order="left").with_columns(
        listed=pl.col("titled").is_not_null(), titled=pl.coalesce("titled", "form")
    )
    lines = read.lines.select("document_id", "table_no", line_start="line_no")
    spans = spans.hstack(lines[spans.get_column("form")]).with_columns(
        line_end=read.lines.get_column("line_no")[spans.get_column("last")],
        form_no=pl.int_range(1, pl.len() + 1).over("document_id").cast(pl.UInt32),
    )
    headings = _headings(_titles(read.titles))
    known = documents.select("document_id", "folder_region", stored_year="fiscal_year", stored_from="fiscal_year_from")
    facts = [
        _of(spans, years.of_documents(read.described, read.lines, headings), "document_id"),
        _of(spans, read.label_years, "titled"),
        _of(spans, identities(read.headers), "form"),
        _of(spans, headings, "titled"),
        _of(spans, read.units.rename({"form": "titled"}), "titled"),
        _of(spans, money.implied(read.funding), "form"),
        _of(spans, known.unique("document_id", keep="first"), "document_id"),
    ]
    for role in ("goal", "goal_project", "goal_result"):
        one = read.goals.filter(pl.col("role") == role).unique("form", keep="first", maintain_order=True)
        facts.append(
            _of(
                spans,
                one.select("form", pl.col("text").alias(f"{role}_text"), pl.col("line").alias(f"{role}_line")),
                "form",
            )
        )
    forms = pl.concat([spans, *facts], how="horizontal")
    said = _years(forms)
    dated = terms(forms.select(*TERMS, said.get_column("fiscal_year")))
    forms = pl.concat([forms.drop("fiscal_year", "starts_on", "ends_on"), said, dated], how="horizontal")
    forms = forms.with_columns(money_unit=pl.coalesce("money_unit", "implied_unit"))
    torn = read.rows.filter(pl.col("fate").is_in(["columns_ambiguous", "row_incomplete"])).get_column("form").unique()
    whole = ~pl.col("form").is_in(torn.implode())
    forms = regions(forms).with_columns(recognise(pl.col("titled_as"), pl.col("roles"), pl.col("listed"), whole))
    nameless = pl.col("names_project") & pl.col("project_name").is_null() & pl.col("project_code").is_null()
    prose = pl.col("form").is_in(_in_prose(read).implode())
    return forms.with_columns(
        refusal=pl.coalesce(
            pl.when((pl.col("roles") & pl.lit(bits(*_PERFORMANCE), pl.UInt64)) == 0).then(pl.lit(NO_FORM)),
            "refusal",
            pl.when(prose).then(pl.lit("prose")),
            pl.when(nameless & pl.col("form").is_in(_amounts_only(read.described).implode())).then(
                pl.lit("list_of_amounts")
            ),
            pl.when(nameless).then(pl.lit("form_without_project")),
        )
    )


def _in_prose(read: Reading) -> pl.Series:
    """Return the forms without any indicator that could be read, whose goals or rows tell the targets in sentences."""
    torn = read.rows.filter(pl.col("fate") == "columns_ambiguous").select("form", "line")
    rows = torn.select("form", text=read.lines.get_column("raw_text")[torn.get_column("line")])
    told = pl.concat([rows, read.goals.select("form", "text")], how="vertical_relaxed")
    told = told.filter(pl.col("text").str.contains(_TARGETS_IN_WORDS)).get_column("form").unique()
    found = read.rows.select("form", "fate").filter(pl.col("fate") == "indicator").get_column("form")
    return told.filter(~told.is_in(found.implode()))


def _amounts_only(described: pl.DataFrame) -> pl.Series:
    """Return the forms that are lists of projects with amounts, and neither goals nor indicators."""
    money_columns = has("total", "whole_total", "money_head", *MONEY_COLUMNS)
    return described.filter(has("project_name"), money_columns, pl.col("unlabelled") == 0).get_column("form").unique()


def _of(spans: pl.DataFrame, facts: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the facts of each form, in the forms' order, to be put beside them: joined narrow, not copied along."""
    return spans.select(key).join(facts, on=key, how="left", maintain_order="left").drop(key)


def _titles(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return of each form (`titled`) its `title`, and all its title lines as one `heading`."""
    title = pl.col("text").str.strip_chars("#*_ ")  # marks of markdown
    lines = tokens.select("kind", titled="form", title=title)
    year = pl.col("title").str.contains(_ONLY_YEAR)  # above the title, or below it
    first = lines.sort("titled", year, maintain_order=True).unique("titled", keep="first", maintain_order=True)
    more = lines.filter(pl.col("titled").is_duplicated())
    joined = more.group_by("titled").agg(heading=pl.col("title").str.join(" "))
    return first.join(joined, on="titled", how="left", maintain_order="left").select(
        "titled",
        title=pl.when(pl.col("kind") == "title").then("title"),  # beside the unit of money stands a year, and no title
        heading=pl.coalesce("heading", "title"),
    )


def _headings(titles: pl.DataFrame) -> pl.DataFrame:
    """Add what each distinct heading says: `title_year`, and `titled_as`, the families whose title it is."""
    said = titles.select(pl.col("heading").unique()).with_columns(
        title_year=years.in_text(pl.col("heading")),
        titled_as=title_marks(pl.col("heading").str.replace_all(r"\s", "")),
    )
    return titles.join(said, on="heading", how="left", maintain_order="left")


def _years(forms: pl.DataFrame) -> pl.DataFrame:
    """Return the fiscal year of each form: the title says it, else the header, else what stands above the document's
    forms, else the labels of goals and targets, else the folder."""
    return forms.select(
        header_year=pl.coalesce(
            pl.col("fiscal_year").str.extract(years.DIGITS, 1),
            pl.col("period").str.extract(rf"^\s*{years.DIGITS}\s*年?度?\s*$", 1),  # a period of one year
        ).cast(pl.Int32),
        document_year="document_year",
        label_year="label_year",
        title="title_year",
        stored="stored_year",
        stored_from="stored_from",
    ).select(
        header_year="header_year",
        fiscal_year=pl.coalesce("title", "header_year", "document_year", "label_year", "stored"),
        fiscal_year_from=pl.when(
            pl.col("title").is_not_null() | (pl.col("header_year").is_null() & pl.col("document_year").is_not_null())
        )
        .then(pl.lit("title"))
        .when(pl.col("header_year").is_not_null() | pl.col("label_year").is_not_null())
        .then(pl.lit("header"))
        .otherwise("stored_from"),
    )


def with_totals(
    forms: pl.DataFrame, amounts: pl.DataFrame, spent: pl.DataFrame, indicators: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Add to each form its totals and how many indicators it has."""
    # 合计 may sum up a department's tasks: where 资金总额 is printed too, that is the total.
    sums = pl.col("label").str.contains(r"^[\s*★]*(?:金额)?\s*[合总小]\s*计").fill_null(value=False)
    rows = amounts.filter(pl.col("role").is_in(["total", "whole_total"])).sort(
        "form", pl.col("amount_raw").is_null(), sums, "line", maintain_order=True
    )
    for scope, prefix in (("annual", "total"), ("whole_project", "whole_project_total")):
        first = (
            rows.filter(pl.col("scope") == scope)
            .unique("form", keep="first", maintain_order=True)
            .select(
                "form",
                pl.col("amount_raw").alias(f"{prefix}_raw"),
                pl.col("amount_yuan").alias(f"{prefix}_yuan"),
                pl.col("line").alias(f"{prefix}_at"),
            )
        )
        forms = forms.join(first, on="form", how="left", maintain_order="left")
    year = spent.filter(pl.col("funding_line") == "total").unique("form", keep="first", maintain_order=True)
    forms = forms.join(
        year.select(
            "form",
            spent_raw=pl.coalesce("col_adjusted", "col_initial"),
            spent_at="line",
            spent_yuan=pl.coalesce("adjusted_budget_yuan", "initial_budget_yuan"),
        ),
        on="form",
        how="left",
        maintain_order="left",
    )
    counts = indicators.group_by("form", maintain_order=True).agg(indicator_count=pl.len().cast(pl.UInt32))
    return forms.join(counts, on="form", how="left", maintain_order="left").with_columns(
        pl.col("indicator_count").fill_null(0),
        total_raw=pl.coalesce("total_raw", "spent_raw"),
        total_yuan=pl.coalesce("total_yuan", "spent_yuan"),
        total_line=_line_no(pl.coalesce("total_at", "spent_at"), lines),
        annual_goal="goal_text",
        annual_goal_line=_line_no(pl.col("goal_line"), lines),
        whole_project_goal="goal_project_text",
        goal_result="goal_result_text",
        project_category=pl.coalesce("category", "nature"),
        library_year=pl.when(pl.col("project_code").str.contains(CODE))
        .then(pl.concat_str(pl.lit("20"), pl.col("project_code").str.slice(6, 2)))
        .cast(pl.Int32, strict=False),
        code_department=pl.when(pl.col("project_code").str.contains(r"^\d{21}$")).then(
            pl.col("project_code").str.slice(10, 3)
        ),
    )


def _line_no(line: pl.Expr, lines: pl.DataFrame) -> pl.Expr:
    return pl.lit(lines.get_column("line_no")).gather(line)
