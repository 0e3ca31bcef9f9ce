"""The way from lines to the lake's tables: the entry point, for a process and for a cluster's worker alike."""

from functools import cache
from typing import Final

import polars as pl

from ingest import assemble, execution, fragments, headers, in_turn, indicators, lists, money, streams, told, years
from ingest import cells as cell
from ingest import forms as form
from ingest.bare import told_by_company
from ingest.extents import extents
from ingest.goals import goals
from ingest.inline import ordered
from ingest.reading import Reading
from ingest.remarks import (
    beside_units,
    money_in_words,
    other_goals,
    said_twice,
    spending,
    unknown_columns,
    unknown_fields,
    without_natures,
)
from ingest.structure import MONEY, describe
from ingest.tokens import decided, spelled
from ingest.tokens import tokens as tokenise


def parse(lines: pl.DataFrame, documents: pl.DataFrame, unread: pl.Series | None = None) -> dict[str, pl.DataFrame]:
    """Read the forms in `lines`.

    Args:
        lines: LINES of whole documents (or of slices that begin with a form), in reading order.
        documents: `document_id`, `fiscal_year`, `fiscal_year_from`, `folder_region` of at least these documents.
        unread: rows of `lines` that could not be read whole: their labels hold, no indicator is made of them.

    Returns:
        The tables of LAKE but `document`, in their schemas, in the documents' order.
    """
    return assemble.tables(_read(lines.with_row_index("line"), documents, unread), documents)


def _read(lines: pl.DataFrame, documents: pl.DataFrame, unread: pl.Series | None) -> Reading:
    """Give the parts of the forms to the modules that read them, the largest last; each is let go of once it is read, for
    they fill the memory."""
    tokens, leaders = tokens_of(lines)
    described = extents(describe(lines, tokens))
    facts = described.select("form", "kind", "dialect", _part().alias("part"))
    tokens, remarks = years.chosen(decided(tokens.hstack(facts[tokens.get_column("line")])), lines, documents)
    described, label_years = years.without_past_results(described, tokens), years.of_labels(tokens)
    parts = {
        part: ordered(tokens.filter(pl.col("part") == part).drop("part"), "line", "form") for part in PARTS.categories
    }
    del tokens, facts
    around = [parts[part] for part in ("field", "title", "money", "paying", "list")]
    units = money.units(pl.concat([tokens.select("form", "line", "kind", "role", "text") for tokens in around]))
    del around
    unknown = [
        unknown_fields(pl.concat([parts["field"], parts["money"]])),
        spending(pl.concat([parts["money"], parts["paying"]])),
        unknown_columns(pl.concat([parts["table"], parts["list"], parts["paying"]])),
    ]
    listed = lists.read(spelled(parts.pop("list")))
    found = form.fields(parts["field"])
    block = told.amounts(money.with_units(parts.pop("money")))
    amounts, unpaired = in_turn.paired(_money(block, parts["field"]))
    unknown.append(beside_units(parts["title"]))
    remarks = pl.concat([remarks, unpaired, said_twice(found), *unknown, money_in_words(block)])
    planned, paired, moved = execution.pairs(spelled(amounts))
    goal = goals(_goals(parts.pop("goal"), parts.pop("field")))
    remarks = pl.concat([remarks, other_goals(goal)])
    paid = execution.table(spelled(parts.pop("paying")))
    rows = indicators.read(parts.pop("table"))
    remarks = without_natures(remarks, rows)
    return Reading(
        lines=lines,
        described=lists.settle(described, listed),
        headers=form.with_lists(form.headers(found), listed.headers, listed.starts),
        titles=parts.pop("title").filter((pl.col("kind") == "title") | years.beside_unit()),
        goals=pl.concat([goal, listed.goals], how="diagonal_relaxed"),
        units=units,
        funding=pl.concat([money.lines(planned), listed.funding], how="diagonal_relaxed"),
        execution=pl.concat([paid, paired, listed.execution], how="diagonal_relaxed").sort("line"),
        listed=listed.starts,
        label_years=label_years,
        remarks=remarks,
        leaders=_led(leaders, moved),
        rows=_settled(rows, listed.rows, unread),
    )


def _money(block: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Add to the money block, amounts in words parted, what other fields' lines print of money (项目名称 | … | 预算金额 |
    120万元)."""
    label = pl.col("role").is_in([role for role in MONEY if role != "spending"]).fill_null(value=False)
    beside = fields.filter(pl.col("line").is_in(fields.filter(label).get_column("line").implode()))
    if not beside.height:
        return block
    beside = told.amounts(beside.filter(label.cum_sum().over("line") > 0))
    return pl.concat([block, beside]).sort("line", maintain_order=True)


def _goals(block: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Add to the goals those that stand beside other fields (项目名称 | … | 年度目标 | …)."""
    line, role = pl.col("line"), pl.col("role")
    label = role.is_in(["goal", "goal_project"]) & role.shift(-1).is_null() & (line.shift(-1) == line)
    label = label.fill_null(value=False)
    beside = fields.filter(label | label.shift(1, fill_value=False))
    return pl.concat([block, beside]).sort("line", maintain_order=True) if beside.height else block


def _settled(rows: pl.DataFrame, listed: pl.DataFrame, unread: pl.Series | None) -> pl.DataFrame:
    """Sort rows by line; those of lines that could not be read whole only label the rows below them."""
    if listed.height:
        rows = pl.concat([rows, listed], how="diagonal_relaxed")
    if unread is not None and len(unread):
        is_lost = (pl.col("fate") == "indicator") & pl.col("line").is_in(unread.implode())
        rows = rows.with_columns(fate=pl.when(is_lost).then(pl.lit("label")).otherwise("fate"))
    return rows if rows.get_column("line").is_sorted() else rows.sort("line")


PARTS: Final = pl.Enum(["title", "field", "money", "paying", "goal", "table", "list"])
"""The parts of a form, each read by a module of its own."""


@cache
def _part() -> pl.Expr:
    """Say which part of its form a line belongs to; NULL for lines that none of them reads."""
    kind, part = pl.col("kind"), {name: pl.lit(name, PARTS) for name in PARTS.categories}
    rows = ~kind.is_in(["ruler", "title", "signature", "note", "unit", "page"])
    below = pl.when(kind != "blank").then(kind).shift(-1).backward_fill()
    heading = (kind == "head") & (below == "columns") & ~pl.col("in_list")
    return (
        pl.when(pl.col("form").is_null())
        .then(None)
        .when(heading)
        .then(part["table"])
        .when("in_list")
        .then(part["list"])
        .when("open")
        .then(pl.when(rows).then(part["table"]))
        .when("paying")
        .then(part["paying"])
        .when(kind.is_in(["title", "unit", "task"]))
        .then(part["title"])
        .when(kind == "field")
        .then(part["field"])
        .when((pl.col("region") == "goal") & ~kind.is_in(["head", "ruler", "note", "page", "blank"]))
        .then(part["goal"])
        .when(pl.col("region").is_in(["money", "sum", "money_columns"]))
        .then(part["money"])
    )


def tokens_of(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tokens of all lines (LINES with `line`), and to which line's row a line's words went (`leader`)."""
    single = pl.col("dialect") == "cell"
    streamed = lines.filter(single)
    if not streamed.height:
        tokens, drawn = fragments.join_lines(tokenise(cell.split(lines)))
    else:
        laid, leaders = streams.rows(streamed)
        whole = lines.filter(~single)
        tokens = tokenise(cell.split(whole))
        tokens, joined = fragments.join_lines(tokens.with_columns(whole.get_column("line")[tokens.get_column("line")]))
        tokens = pl.concat([tokens, laid.select(tokens.columns)]).sort("line", maintain_order=True)
        drawn = pl.concat([leaders, joined])
    tokens, lower = headers.join_rows(told_by_company(ordered(tokens, "line")))
    return ordered(tokens, "line"), _led(drawn, lower)


def _led(drawn: pl.DataFrame, lower: pl.DataFrame) -> pl.DataFrame:
    """Bring two steps together: a line that went to a lower row of a header goes to its upper row."""
    if not lower.height:
        return drawn
    further = lower.select(leader="line", upper="leader")
    drawn = drawn.join(further, on="leader", how="left", maintain_order="left")
    drawn = drawn.select("line", leader=pl.coalesce("upper", "leader"))
    return pl.concat([drawn.join(lower, on="line", how="anti", maintain_order="left"), lower])
