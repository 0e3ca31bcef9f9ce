"""The way from lines to the lake's tables: the entry point, for a process and for a cluster's worker alike."""

from typing import Final

import polars as pl

from ingest import cells as cell
from ingest import forms as form
from ingest import assemble, indicators, lists, money, streams
from ingest.goals import goals
from ingest.structure import describe
from ingest.tokens import tokens as tokenise

_LINE_FACTS: Final = ("kind", "form", "open", "paying", "in_list", "region", "dialect")


def parse(lines: pl.DataFrame, documents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Read the forms in `lines`.

    Args:
        lines: LINES of whole documents (or of slices that begin with a form), in reading order.
        documents: `document_id`, `fiscal_year`, `fiscal_year_from`, `folder_region` of at least these documents.

    Returns:
        The tables of LAKE but `document`, in their schemas, in the documents' order.
    """
    lines = lines.with_row_index("line")
    tokens, leaders = _tokens(lines)
    described = describe(lines, tokens)
    tokens = tokens.hstack(described.select(_LINE_FACTS)[tokens.get_column("line")])
    printed = tokens.filter(pl.col("form").is_not_null() & ~pl.col("open"))
    listed = lists.read(tokens.filter("in_list"))
    described, tokens = lists.settle(described, tokens, listed)

    head = tokens.filter(pl.col("form").is_not_null() & ~pl.col("open") & ~pl.col("in_list"))
    paying = head.filter("paying")
    block = head.filter(~pl.col("paying") & pl.col("region").is_in(["money", "sum", "money_columns"]))
    table = tokens.filter(
        pl.col("open") & ~pl.col("kind").is_in(["ruler", "title", "sum", "signature", "note", "unit", "page"])
    )
    read = assemble.Reading(
        lines=lines,
        described=described,
        headers=pl.concat([form.headers(head), listed.headers], how="diagonal_relaxed"),
        titles=printed.filter(pl.col("kind") == "title"),
        goals=pl.concat([goals(head.filter(pl.col("region") == "goal")), listed.goals], how="diagonal_relaxed"),
        units=money.units(printed),
        funding=pl.concat([money.lines(block), listed.funding], how="diagonal_relaxed"),
        execution=money.execution(paying),
        listed=listed.starts,
        leaders=leaders,
        rows=pl.concat([indicators.read(table), listed.rows], how="diagonal_relaxed").sort("line"),
    )
    return assemble.tables(read, documents)


def _tokens(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tokens of all lines and, of texts with one cell a line, which row each line went to."""
    single = pl.col("dialect") == "cell"
    streamed = lines.filter(single)
    if not streamed.height:
        return tokenise(cell.split(lines)), pl.DataFrame(schema={"line": pl.UInt32, "leader": pl.UInt32})
    laid, leaders = streams.rows(streamed)
    whole = lines.filter(~single)
    tokens = tokenise(cell.split(whole))
    tokens = tokens.with_columns(whole.get_column("line")[tokens.get_column("line")])
    return pl.concat([tokens, laid.select(tokens.columns)]).sort("line", maintain_order=True), leaders
