"""The money of self-evaluations: what was budgeted and what was spent, a row a funding line."""

from typing import Final

import polars as pl

from ingest.align import align
from ingest.money import ROWS
from ingest.nothing import known_of_nothing
from ingest.spread import spread
from ingest.structure import MONEY_COLUMNS
from ingest.tokens import ROLES

_COLUMNS: Final = (*MONEY_COLUMNS, "col_weight", "col_score", "col_reason", "col_remark", "col_other")
_NUMBER: Final = r"^[¥￥]?-?[\d０-９][\d０-９,.，]*[%％]?$|^[/—－-]+$"


def _funding_line() -> pl.Expr:
    """Name a row by its label: the source, else the total."""
    role = pl.col("role")
    line = (
        pl.when(role == "source")
        .then("means")
        .when(role == "source_level")
        .then(pl.lit("general_public_") + pl.col("means"))
    )
    return pl.coalesce(line, pl.lit("total")).replace("general_public", "general_public_local")


@known_of_nothing
def table(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the money table of self-evaluations: a row a funding line, a column a stage of the budget.

    Args:
        tokens: tokens of the lines on which such a table is open, with `form`, `kind`, sorted by line and column.

    Returns:
        `form`, `line`, `funding_line` (total or a funding source), `label`, and the cells as printed, one column a role
        of the header (`col_initial`, …; NULL: blank). Rows whose cells no reading places are left out.
    """
    line, role = pl.col("line"), pl.col("role")
    tokens = tokens.with_columns(block=pl.when(pl.col("kind") == "money_columns").then(line).forward_fill())
    header = _header(tokens.filter(line == pl.col("block")))
    rows = tokens.filter(line > pl.col("block"))
    labels = rows.filter(role.is_in(ROWS)).with_columns(funding_line=_funding_line())
    labels = labels.group_by("line", maintain_order=True).agg(
        pl.col("form", "block").first(),
        pl.col("funding_line").last(),
        pl.col("text").last().alias("label"),
        label_at=pl.col("column_no").max().cast(pl.Int32),
    )
    labels = pl.concat([labels, _unlabelled(rows, labels)]).sort("line", maintain_order=True)
    own = (
        rows.join(labels.select("line", "label_at"), on="line", maintain_order="left")
        .filter(pl.col("column_no") > pl.col("label_at"))
        .with_columns(shift=pl.lit(None, pl.Int32))
    )
    placed = align(own, header, (*MONEY_COLUMNS, "col_weight", "col_score")).filter(pl.col("as").is_not_null())
    at = labels.select("line").with_row_index("at")
    owner = placed.select("line").join(at, on="line", how="left", maintain_order="left").get_column("at")
    printed = spread(owner, placed.get_column("as"), placed.select("text"), labels.height)
    blank = placed.select("text").clear(labels.height)
    labels = labels.hstack([printed.get(name, blank).get_column("text").alias(name) for name in _COLUMNS])
    lost = own.join(placed, on="line", how="anti").select("line").unique()
    return labels.join(lost, on="line", how="anti", maintain_order="left").drop("label_at", "block")


def _header(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of each table: `block`, `column_no`, `role`; 预算数 beside 执行数 is what could be spent."""
    role, block = pl.col("role"), "block"
    budget = role.is_in(["total", "money_head"]) & pl.col("word").str.contains("预算") & (pl.col("column_no") > 0)
    adjusted = (role == "col_adjusted").any().over(block)
    named = pl.when(budget & ~adjusted).then(pl.lit("col_adjusted", ROLES)).otherwise(role)
    stated = ~role.is_in(["col_initial", "col_adjusted"]).any().over(block)
    cells = cells.with_columns(role=pl.when(stated).then(named).otherwise(role))
    return (
        cells.filter(role.is_in(_COLUMNS))
        .select(block, "column_no", "role")
        .unique([block, "role"], keep="first", maintain_order=True)
    )


def _unlabelled(rows: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of nothing but numbers in tables that print no label at all: they are the totals."""
    plain = rows.filter(~pl.col("block").is_in(labels.get_column("block").unique().implode()))
    lines = plain.group_by("line", maintain_order=True).agg(
        pl.col("form", "block").first(),
        numbers=pl.col("text").str.contains(_NUMBER).all() & (pl.len() > 1),
    )
    first = lines.filter("numbers").unique("block", keep="first", maintain_order=True)
    return first.select(
        "line",
        "form",
        "block",
        funding_line=pl.lit("total"),
        label=pl.lit(None, pl.String),
        label_at=pl.lit(-1, pl.Int32),
    )


def pairs(tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read money blocks that print what was spent beside the budget, each with a label of its own (Sichuan).

    预算数： | 500,000 | 执行数： | 487,650, and below it 其中：财政拨款 twice.

    Args:
        tokens: tokens of money lines with `form`, `word`, `means`, sorted by line and column.

    Returns:
        The tokens of all other forms; rows as `table` returns them; and `line`, `leader`: labels that went to the row
        of another line.
    """
    line, role = pl.col("line"), pl.col("role")
    spent = tokens.filter((role == "col_executed") & (line.shift(-1) == line) & role.shift(-1).is_null())
    mine = pl.col("form").is_in(spent.get_column("form").unique().implode())
    if not spent.height:
        return tokens, pl.DataFrame(schema=_schema(tokens)), tokens.select("line", leader="line").clear()
    amount = pl.when((line.shift(-1) == line) & role.shift(-1).is_null()).then(pl.col("text").shift(-1))
    rows = tokens.filter(mine).with_columns(amount=amount).filter(role.is_in([*ROWS, *MONEY_COLUMNS]))
    rows = rows.with_columns(
        funding_line=pl.when(role.is_in(["source", "source_level"])).then(_funding_line()).otherwise(pl.lit("total"))
    ).filter(pl.col("amount").is_not_null() | role.is_in(["source", "source_level"]))
    # One cell a line: the second of two labels stands on a line of its own, and is still of the first one's row.
    flat = pl.col("dialect") == "cell"
    first = line.first().over("form", "funding_line")
    rows = rows.with_columns(own=line, line=pl.when(flat).then(first).otherwise(line))
    moved = rows.filter(pl.col("own") != line).select(line="own", leader="line").unique(maintain_order=True)
    again = pl.col("line").cum_count().over("line", "funding_line", role.is_in(ROWS)) > 1
    stage = pl.when(role.is_in(ROWS)).then(
        pl.when(again).then(pl.lit("col_executed")).otherwise(pl.lit("col_adjusted"))
    )
    rows = rows.with_columns(stage=pl.coalesce(stage, role.cast(pl.String)))
    both = rows.group_by("form", "line", "funding_line", maintain_order=True).agg(
        pl.col("text").first().alias("label"),
        *(pl.col("amount").filter(pl.col("stage") == name).first().alias(name) for name in MONEY_COLUMNS),
    )
    return tokens.filter(~mine), both, moved


def _schema(tokens: pl.DataFrame) -> dict[str, pl.DataType | type[pl.DataType]]:
    texts = ("funding_line", "label", *MONEY_COLUMNS)
    return {"form": tokens.schema["form"], "line": tokens.schema["line"], **dict.fromkeys(texts, pl.String)}
