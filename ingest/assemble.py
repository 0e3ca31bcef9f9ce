"""What was read of each form → the lake's tables: years, places, money in yuan, typed targets, notices."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from ingest import ledger, money
from ingest.families import recognise
from ingest.forms import CODE, identities
from ingest.hints import hints
from ingest.places import regions
from ingest.schema import LAKE, NUMBER
from ingest.targets import type_actuals, type_values

_YEAR: Final = r"((?:19|20)\d{2})\s*年"
_BARE_YEAR: Final = r"(?:^|\D)(20[0-3]\d)(?:\D|$)"
_DATE: Final = r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})"
_NOT_SAID: Final = ("", "/", "-", "—", "－", "无", "——", "--")


@dataclass(frozen=True)
class Reading:
    """All that the parser read of a batch, keyed by the line that a form begins on (`form`)."""

    lines: pl.DataFrame  # LINES with `line`
    described: pl.DataFrame
    headers: pl.DataFrame
    titles: pl.DataFrame  # tokens
    goals: pl.DataFrame
    units: pl.DataFrame
    funding: pl.DataFrame
    execution: pl.DataFrame
    rows: pl.DataFrame
    listed: pl.DataFrame  # `line`, `parent` of forms in lists
    leaders: pl.DataFrame  # `line`, `leader`: lines whose words went to another line's row


def tables(read: Reading, documents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Bring a reading into the tables of LAKE but `document`."""
    forms = _forms(read, documents)
    amounts = _amounts(read.funding, forms)
    spent = _execution(read.execution, forms)
    rows = read.rows.filter(pl.col("fate") == "indicator").join(
        forms.select("form", "document_id", "form_no", "fiscal_year", "refusal"), on="form", maintain_order="left"
    )
    indicators, milestones = _indicators(rows.filter(pl.col("refusal").is_null()), read.lines)
    lost = _lost(read, forms)
    frames = {
        "form": _totals(forms, amounts, spent, indicators, read.lines),
        "funding": _funding(amounts, read.lines),
        "execution": _spent(spent, read.lines),
        "indicator": indicators,
        "milestone": milestones,
        "source_line": _source_lines(lost, read.lines, forms),
        "quarantine": _quarantine(lost, read.lines, forms),
        "notice": _notices(read, forms, amounts, spent, indicators),
    }
    unread = forms.filter(pl.col("refusal").is_not_null()).select("document_id", "form_no")
    for name in ("form", "funding", "execution"):
        frames[name] = frames[name].join(unread, on=["document_id", "form_no"], how="anti", maintain_order="left")
    return {name: frame.select(LAKE[name].names()).cast(dict(LAKE[name])) for name, frame in frames.items()}


def at(frame: pl.DataFrame, lines: pl.DataFrame, column: str = "line") -> pl.DataFrame:
    """Add `table_no` and `line_no` of the line that `column` points to."""
    picked = lines.select("table_no", "line_no")[frame.get_column(column)]
    return frame.drop("table_no", "line_no", strict=False).hstack(picked)


def _forms(read: Reading, documents: pl.DataFrame) -> pl.DataFrame:
    """Return one row a form: who, when, where, and which family it is of."""
    line, kind = pl.col("line"), pl.col("kind")
    spans = (
        read.described.filter(pl.col("form").is_not_null())
        .group_by("form", maintain_order=True)
        .agg(last=line.filter(kind != "blank").max(), roles=pl.col("roles").bitwise_or())
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
    titles = _titles(read.titles)
    known = documents.select("document_id", "folder_region", stored_year="fiscal_year", stored_from="fiscal_year_from")
    facts = [
        _of(spans, identities(read.headers), "form"),
        _of(spans, _headings(titles), "titled"),
        _of(spans, read.units.rename({"form": "titled"}), "titled"),
        _of(spans, known.unique("document_id", keep="first"), "document_id"),
    ]
    for role in ("goal", "goal_project", "goal_result"):
        one = read.goals.filter(pl.col("role") == role).unique("form", keep="first", maintain_order=True)
        facts.append(_of(spans, one.select("form", pl.col("text").alias(f"{role}_text"), pl.col("line").alias(f"{role}_line")), "form"))
    forms = pl.concat([spans, *facts], how="horizontal")
    forms = pl.concat([forms.drop("fiscal_year", "starts_on", "ends_on"), _years(forms)], how="horizontal")
    torn = read.rows.filter(pl.col("fate").is_in(["columns_ambiguous", "row_incomplete"])).get_column("form").unique()
    whole = ~pl.col("form").is_in(torn.implode())
    heading = pl.col("heading").str.replace_all(r"\s", "")
    forms = regions(forms).with_columns(recognise(heading, pl.col("roles"), pl.col("listed"), whole))
    nameless = pl.col("project_name").is_null() & pl.col("project_code").is_null() & (pl.col("form_type") != "whole_department")
    return forms.with_columns(refusal=pl.coalesce("refusal", pl.when(nameless).then(pl.lit("form_without_project"))))


def _of(spans: pl.DataFrame, facts: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the facts of each form, in the forms' order, to be put beside them: joined narrow, not copied along."""
    return spans.select(key).join(facts, on=key, how="left", maintain_order="left").drop(key)


def _titles(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return of each form (`titled`) its `title`, and all its title lines as one `heading`."""
    lines = tokens.select(titled="form", title="text")
    first = lines.unique("titled", keep="first", maintain_order=True)
    more = lines.filter(pl.col("titled").is_duplicated())
    joined = more.group_by("titled").agg(heading=pl.col("title").str.join(" "))
    return first.join(joined, on="titled", how="left", maintain_order="left").with_columns(
        heading=pl.coalesce("heading", "title")
    )


def _headings(titles: pl.DataFrame) -> pl.DataFrame:
    """Add the year that each distinct heading prints: `title_year`."""
    heading = pl.col("heading")
    years = titles.select(heading.unique()).with_columns(
        title_year=pl.coalesce(heading.str.extract(_YEAR, 1), heading.str.extract(_BARE_YEAR, 1)).cast(pl.Int32)
    )
    return titles.join(years, on="heading", how="left", maintain_order="left")


def _years(forms: pl.DataFrame) -> pl.DataFrame:
    """Return fiscal year and printed period of each form: the title says it, else the header, else the folder."""
    end = pl.col("period").str.extract(r"[-—~至到－]+\s*(" + _DATE + ")", 1)
    return forms.select(
        _date(pl.coalesce("starts_on", "period")).alias("starts_on"),
        _date(pl.coalesce("ends_on", end)).alias("ends_on"),
        header_year=pl.col("fiscal_year").str.extract(r"((?:19|20)\d{2})", 1).cast(pl.Int32),
        title="title_year", stored="stored_year", stored_from="stored_from",
    ).select(
        "starts_on", "ends_on",
        fiscal_year=pl.coalesce("title", "header_year", "stored"),
        fiscal_year_from=pl.when(pl.col("title").is_not_null()).then(pl.lit("title"))
        .when(pl.col("header_year").is_not_null()).then(pl.lit("header")).otherwise("stored_from"),
    )


def _date(text: pl.Expr) -> pl.Expr:
    year, month, day = (text.str.extract(_DATE, n).cast(pl.Int32) for n in (1, 2, 3))
    iso = pl.concat_str(year, month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2), separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)


def _amounts(funding: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    known = funding.join(forms.select("form", "document_id", "form_no", "money_unit"), on="form", maintain_order="left")
    return money.in_yuan(known, "amount_raw")


_STAGES: Final = {"col_initial": "initial_budget_yuan", "col_adjusted": "adjusted_budget_yuan", "col_executed": "executed_yuan"}
_NUMBERS: Final = {"col_rate": "execution_rate", "col_weight": "weight", "col_score": "score"}


def _execution(execution: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    known = execution.join(forms.select("form", "document_id", "form_no", "money_unit"), on="form", maintain_order="left")
    for raw, name in _STAGES.items():
        known = money.in_yuan(known, raw).rename({"amount_yuan": name, "understood": f"{raw}_understood"})
    known = known.with_columns(money.numbers(pl.col(raw)).alias(name) for raw, name in _NUMBERS.items())
    rate = pl.col("execution_rate")
    ratio = pl.col("executed_yuan").cast(pl.Float64) / pl.coalesce("adjusted_budget_yuan", "initial_budget_yuan").cast(pl.Float64)
    # A rate printed as a share (0.95) where money says 95 %: brought to percent. Nothing else is touched.
    share = ~pl.col("col_rate").str.contains("[%％]") & ((rate.cast(pl.Float64) - ratio).abs() < 0.006) & (ratio > 0)
    return known.with_columns(
        pl.when(share.fill_null(value=False)).then(rate * 100).otherwise(rate).alias("execution_rate"),
        reason=pl.coalesce("col_reason", "col_remark"),
    )


def _spent(spent: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    return at(spent, lines)


def _funding(amounts: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    sources = amounts.filter(pl.col("funding_source").is_not_null())
    return at(sources, lines)


def _line_no(line: pl.Expr, lines: pl.DataFrame) -> pl.Expr:
    return pl.lit(lines.get_column("line_no")).gather(line)


def _totals(
    forms: pl.DataFrame, amounts: pl.DataFrame, spent: pl.DataFrame, indicators: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Add to each form its totals and how many indicators it has."""
    rows = amounts.filter(pl.col("role").is_in(["total", "whole_total"])).sort(
        "form", pl.col("amount_raw").is_null(), "line", maintain_order=True
    )
    for scope, prefix in (("annual", "total"), ("whole_project", "whole_project_total")):
        first = rows.filter(pl.col("scope") == scope).unique("form", keep="first", maintain_order=True).select(
            "form", pl.col("amount_raw").alias(f"{prefix}_raw"), pl.col("amount_yuan").alias(f"{prefix}_yuan"),
            pl.col("line").alias(f"{prefix}_at"),
        )
        forms = forms.join(first, on="form", how="left", maintain_order="left")
    year = spent.filter(pl.col("funding_line") == "total").unique("form", keep="first", maintain_order=True)
    forms = forms.join(
        year.select("form", spent_raw=pl.coalesce("col_adjusted", "col_initial"), spent_at="line",
                    spent_yuan=pl.coalesce("adjusted_budget_yuan", "initial_budget_yuan")),
        on="form", how="left", maintain_order="left",
    )
    counts = indicators.group_by("document_id", "form_no").agg(indicator_count=pl.len().cast(pl.UInt32))
    return forms.join(counts, on=["document_id", "form_no"], how="left", maintain_order="left").with_columns(
        pl.col("indicator_count").fill_null(0),
        total_raw=pl.coalesce("total_raw", "spent_raw"),
        total_yuan=pl.coalesce("total_yuan", "spent_yuan"),
        total_line=_line_no(pl.coalesce("total_at", "spent_at"), lines),
        annual_goal="goal_text", annual_goal_line=_line_no(pl.col("goal_line"), lines), whole_project_goal="goal_project_text",
        goal_result="goal_result_text", project_category=pl.coalesce("category", "nature"),
        library_year=pl.when(pl.col("project_code").str.contains(CODE))
        .then(pl.concat_str(pl.lit("20"), pl.col("project_code").str.slice(6, 2))).cast(pl.Int32, strict=False),
        code_department=pl.when(pl.col("project_code").str.contains(r"^\d{21}$")).then(pl.col("project_code").str.slice(10, 3)),
    )


def _value_raw(rows: pl.DataFrame) -> pl.Expr:
    """Join operator, number and unit where they stand in columns of their own."""
    if rows.get_column("col_operator").null_count() == rows.get_column("col_unit").null_count() == rows.height:
        return pl.col("col_value")
    operator = pl.col("col_operator").str.strip_chars()
    symbol = pl.when(operator.str.contains("^[^定]")).then(operator)
    value, unit = pl.col("col_value"), pl.col("col_unit").str.strip_chars()
    unit = pl.when(~value.str.ends_with(unit) & ~unit.is_in(_NOT_SAID)).then(unit)
    symbol = pl.when(~value.str.starts_with(symbol)).then(symbol)
    return pl.when(value.is_not_null()).then(pl.concat_str(symbol.fill_null(""), value, unit.fill_null("")))


_VALUE: Final = ["value_raw", "operator_raw", "unit_raw", "fiscal_year", "level2"]


def _indicators(rows: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the indicators with their typed targets and results, and the steps of milestones."""
    blank = [name for name in rows.columns if 0 < rows.height == rows.get_column(name).null_count()]
    place, first = pl.int_range(pl.len()), (pl.col("form") != pl.col("form").shift(1)).fill_null(value=True)
    rows = at(rows.drop(blank), lines).with_columns(
        indicator_no=(place - pl.when(first).then(place).forward_fill() + 1).cast(pl.UInt32)
    )
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in blank).with_columns(
        content=pl.col("col_content").str.replace_all(r"\s*\n\s*", ""),
        value_raw="col_value", operator_raw="col_operator", unit_raw="col_unit",
    )
    typed, steps = _typed(rows)
    rows = rows.hstack(typed)
    milestones = (
        rows.filter(pl.col("target_kind") == "milestones")
        .select("document_id", "form_no", "indicator_no", "value_index")
        .join(steps, on="value_index", maintain_order="left_right")
    )
    return rows.hstack(_results(rows)).with_columns(
        value_raw=_value_raw(rows),
        weight=money.numbers(pl.col("col_weight")), score=money.numbers(pl.col("col_score")),
        direction="col_direction", remark="col_remark", actual_raw="col_actual", deviation_reason="col_reason",
        is_self_evaluated="has_results",
    ), milestones


def _typed(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type each distinct target once: the typed columns of each row with `value_index`, and the steps of milestones."""
    keys = [name for name in _VALUE if not _is_constant(rows.get_column(name))] or _VALUE[:1]
    distinct = rows.select(_VALUE).unique(keys, keep="any")
    typed, steps = type_values(distinct.with_columns(content=pl.lit(None, pl.String)))
    typed = typed.select(pl.exclude(*_VALUE, "content")).with_row_index("value_index")
    index = rows.select(keys).join(
        distinct.select(keys).with_row_index("value_index"), on=keys, how="left", maintain_order="left", nulls_equal=True
    )
    return typed[index.get_column("value_index")], steps


def _results(rows: pl.DataFrame) -> pl.DataFrame:
    """Type each distinct result once: `actual_value`, `actual_unit` of each row."""
    if rows.get_column("col_actual").null_count() == rows.height:
        nothing = pl.DataFrame(schema={"actual_value": NUMBER, "actual_unit": pl.String})
        return nothing.clear(rows.height)
    keys = ["value_raw", "unit_raw", "fiscal_year", "level2"]
    printed = rows.select("fiscal_year", "level2", "unit_raw", value_raw="col_actual", operator_raw=pl.lit(None, pl.String))
    distinct = printed.unique(keys, keep="any")
    actual = type_actuals(distinct).select("actual_value", "actual_unit")
    return printed.select(keys).join(
        pl.concat([distinct.select(keys), actual], how="horizontal"), on=keys, how="left", maintain_order="left", nulls_equal=True
    ).select("actual_value", "actual_unit")


def _is_constant(column: pl.Series) -> bool:
    return column.null_count() == len(column) or (column.null_count() == 0 and column.min() == column.max())


def _lost(read: Reading, forms: pl.DataFrame) -> pl.DataFrame:
    """Return every line's disposition and, where it could not be read, why."""
    found = ledger.dispositions(read.described, read.funding.get_column("line"), read.execution.get_column("line"), read.rows)
    if read.leaders.height:
        found = _follow(found, read.leaders)
    found = found.with_columns(read.described.get_column("form"), read.lines.get_column("document_id")).join(
        forms.select("form", "refusal", "form_no"), on="form", how="left", maintain_order="left"
    )
    formless = _formless(read.lines, forms)
    if formless.height:
        found = found.join(formless, on="document_id", how="left", maintain_order="left")
    else:
        found = found.with_columns(formless=pl.lit(None, pl.String))
    why = pl.when(~pl.col("disposition").is_in(["blank", "ruler"])).then(pl.coalesce("refusal", "formless"))
    return found.with_columns(
        disposition=pl.when(why.is_not_null()).then(pl.lit("quarantined", ledger.DISPOSITION)).otherwise("disposition"),
        reason=pl.coalesce(why, "reason"),
    ).drop("formless")


def _formless(lines: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Say why documents without any form have none: `document_id`, `formless` (a code of messages.yml)."""
    text = pl.col("raw_text")
    return (
        lines.lazy().join(forms.lazy().select("document_id").unique(), on="document_id", how="anti")
        .group_by("document_id")
        .agg(run_together=text.str.contains("一级指标.*二级指标|项目名称.*主管部门").any(), about=text.str.contains("绩效|指标").any())
        .select(
            "document_id",
            formless=pl.when("run_together").then(pl.lit("separators_lost")).when("about").then(pl.lit("prose"))
            .otherwise(pl.lit("no_form")),
        )
        .collect(engine="in-memory")
    )


def _follow(found: pl.DataFrame, leaders: pl.DataFrame) -> pl.DataFrame:
    """Give a line whose words went to another line's row the disposition of that row."""
    theirs = leaders.join(found.rename({"line": "leader"}), on="leader").drop("leader")
    others = found.join(theirs, on="line", how="anti")
    return pl.concat([theirs.select(found.columns), others]).sort("line")


def _source_lines(lost: pl.DataFrame, lines: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    del forms
    return lines.select("document_id", "table_no", "line_no", "place", "raw_text").with_columns(
        lost.get_column("disposition"), lost.get_column("form_no"), correction_id=pl.lit(None, pl.String)
    )


def _quarantine(lost: pl.DataFrame, lines: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Gather neighbouring lines of one form and reason into one row."""
    del forms
    rows = at(lost.filter(pl.col("disposition") == "quarantined"), lines)
    rows = rows.with_columns(lines.get_column("raw_text")[rows.get_column("line")])
    key = ["document_id", "form_no", "table_no", "reason"]
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in key) | (
        pl.col("reason").is_in(["columns_ambiguous", "row_incomplete", "words_unknown"])
    )
    return (
        rows.with_columns(run=changed.cum_sum())
        .group_by("run", maintain_order=True)
        .agg(*(pl.col(name).first() for name in key), line_start=pl.col("line_no").min(), line_end=pl.col("line_no").max(),
             raw_text=pl.col("raw_text").str.join("\n").str.slice(0, 2000))
        .join(hints(), on="reason", how="left", maintain_order="left")
    )


def _notices(read: Reading, forms: pl.DataFrame, amounts: pl.DataFrame, spent: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Return what the reading noticed: contradictions, amounts and targets that hold a number nobody could read."""
    none = pl.lit(None, pl.UInt32)
    base = ["document_id", "form_no", "table_no", "line_no", "indicator_no", "code", "evidence"]
    year = at(forms.filter(pl.col("title_year") != pl.col("stored_year")), read.lines, "form").with_columns(
        indicator_no=none, code=pl.lit("year_contradiction"),
        evidence=pl.format("{} | {}: {}", "heading", "stored_from", "stored_year"),
    )
    total = pl.col("role").is_in(["total", "whole_total"])
    unread = at(amounts.filter(~pl.col("understood")), read.lines).with_columns(
        indicator_no=none,
        code=pl.when(pl.col("money_unit").is_null()).then(pl.lit("money_unit_unknown"))
        .when(total).then(pl.lit("total_not_a_number")).otherwise(pl.lit("amount_not_a_number")),
        evidence=pl.format("{} | {}", "label", "amount_raw"),
    )
    stages = [
        at(spent.filter(~pl.col(f"{raw}_understood")), read.lines).with_columns(
            indicator_no=none, code=pl.lit("amount_not_a_number"), evidence=pl.format("{} | {}", "label", raw)
        ) for raw in _STAGES
    ]
    words = indicators.filter("number_not_understood").with_columns(
        code=pl.lit("number_not_understood"), evidence=pl.format("{} | {}", pl.col("content").fill_null(""), "value_raw")
    )
    scores = [
        indicators.filter(pl.col(raw).is_not_null() & pl.col(name).is_null() & ~pl.col(raw).is_in(_NOT_SAID)).with_columns(
            code=pl.lit("score_not_a_number"), evidence=pl.format("{} | {}", pl.col("content").fill_null(""), raw)
        ) for raw, name in (("col_weight", "weight"), ("col_score", "score"))
    ]
    return pl.concat([frame.select(base) for frame in (year, unread, *stages, words, *scores)], how="vertical_relaxed").sort(
        "document_id", "form_no", "line_no", maintain_order=True
    )
