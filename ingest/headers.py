"""A table's header printed over two rows (年度指标值 above 指标性质 指标值 度量单位) → one row of column labels."""

from typing import Final

import polars as pl

from ingest.structure import HEADS, MONEY_COLUMNS, TABLE_COLUMNS, bits
from ingest.tokens import ROLES

_COLUMNS: Final = bits(*TABLE_COLUMNS)
_HEADS: Final = (*HEADS, "goal_head")
_RESULT: Final = ("col_value", "col_actual")
_NAMES: Final = ("project_name", "unit_or_project")
"""What heads a column in a list of projects."""
_MONEY: Final = ("sum", "total", "whole_total", "total_or_whole", "source", *MONEY_COLUMNS)
"""What stands below 项目资金 in a list of projects."""


def join_rows(tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the lower row of a header into the upper one: what stands below a label names its places better.

    Two rows are one header where both hold nothing but labels and only together name a whole table's columns. Where the
    labels' places do not collide, they hold; else blank cells were dropped, and the order decides.

    Args:
        tokens: as `ingest.tokens.tokens` returns them.

    Returns:
        The tokens, and `line`, `leader`: the lower rows and the lines that they were drawn into.
    """
    pairs = _pairs(tokens)
    if not pairs.height:
        return tokens, tokens.select("line", leader="line").clear()
    leaders = pairs.select(line="lower", leader="upper")
    both = pl.concat(
        [pairs.select("upper", line="upper", low=pl.lit(value=False)), pairs.select("upper", line="lower", low=True)]
    )
    cells = tokens.join(both, on="line", maintain_order="left")
    rest = tokens.join(both, on="line", how="anti", maintain_order="left")
    joined = _joined(cells).select(tokens.columns)
    return pl.concat([rest, joined]).sort("line", "column_no", maintain_order=True), leaders


def _pairs(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are one header: `upper`, `lower`."""
    line, role = tokens.get_column("line"), tokens.get_column("role")
    column = role.is_in([*TABLE_COLUMNS, *HEADS, *_NAMES]).fill_null(value=False)
    lines = line.filter(column).unique(maintain_order=True)
    rows = pl.DataFrame({"line": lines, "first": line.search_sorted(lines), "end": line.search_sorted(lines, "right")})
    # Only rows that stand below each other, nothing but blank lines between, can be one header.
    near = (pl.col("end") == pl.col("first").shift(-1)) | (pl.col("first") == pl.col("end").shift(1))
    rows = rows.filter(near).with_columns(at=pl.int_ranges("first", "end"))
    if not rows.height:
        return pl.DataFrame(schema={"upper": line.dtype, "lower": line.dtype})
    number = role.to_physical().cast(pl.UInt64)
    masks = (
        rows.explode("at")
        .with_columns(number=number.gather(rows.get_column("at").explode()))
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("first", "end").first(),
            roles=pl.lit(2, pl.UInt64).pow(pl.col("number")).cast(pl.UInt64).bitwise_or(),
            plain=pl.col("number").null_count(),
        )
    )
    below = masks.select(pl.all().shift(-1).name.prefix("below_"))
    upper, lower = pl.col("roles"), pl.col("below_roles")
    columns, heads = _COLUMNS | bits(*HEADS), bits("money_head", *_HEADS)
    # A list of projects may have nothing but headings above (项目名称 | 项目资金 | 绩效指标), and its money below them.
    listed = ((upper & bits(*_NAMES)) != 0) & ((upper & pl.lit(_COLUMNS | heads, pl.UInt64)) != 0)
    known = pl.when(listed).then(pl.lit(columns | bits(*_MONEY), pl.UInt64)).otherwise(pl.lit(columns, pl.UInt64))
    return (
        masks.hstack(below)
        .filter(
            (pl.col("end") == pl.col("below_first"))
            & ((pl.col("plain") == 0) | _is_table(upper))  # a whole header may have a column that no word names
            & (pl.col("below_plain") == 0)
            & ((lower | known) == known)
            & ((lower & _COLUMNS) != 0)
            & (((upper & _COLUMNS) != 0) | listed)
            & _is_table(upper | lower)
            & ~(_is_table(upper) & _is_table(lower))
        )
        .select(upper="line", lower="below_line")
    )


def _is_table(roles: pl.Expr) -> pl.Expr:
    return ((roles & bits("col_content")) != 0) & ((roles & bits(*_RESULT)) != 0)


def _joined(cells: pl.DataFrame) -> pl.DataFrame:
    """Bring the tokens of each pair into one row (`upper`), renumbered where places cannot hold."""
    role, place = pl.col("role"), pl.col("column_no").cast(pl.Int32)
    # 绩效目标 heads the table, but in a list of projects it is a column of its own.
    listed = role.is_in(_NAMES).any().over("upper")
    heads = role.is_in(_HEADS) & ~((role == "goal_head") & listed)
    money = role.is_in(_MONEY)
    heads = heads | ((role == "money_head") & (money & pl.col("low")).any().over("upper"))
    # A column that is only printed (指标值确定依据) stands above a finer one where this one has its place.
    printed = pl.when(role == "col_other").then("column_no")
    cells = cells.with_columns(spot=printed)
    finer = cells.filter("low").select("upper", "role", "spot").unique()
    levels = finer.filter(role.is_in(["col_level1", "col_level2", "col_content"])).get_column("upper").unique()
    cells = (
        cells.join(
            finer.with_columns(said=True),
            on=["upper", "role", "spot"],
            how="left",
            maintain_order="left",
            nulls_equal=True,
        )
        .with_columns(said=pl.col("said").fill_null(value=False))
        .with_columns(
            covered=~pl.col("low") & (heads.fill_null(value=False) | pl.col("said")),
            at=pl.int_range(pl.len(), dtype=pl.Int32),
        )
    )
    kept = cells.filter(pl.col("low") | ~pl.col("covered"))
    crowded = kept.filter(pl.struct("upper", "column_no").is_duplicated()).get_column("upper").unique()
    # Blank cells dropped: the lower row stands where the label that it parts stood.
    opens = pl.col("covered") & (pl.col("said") | pl.col("upper").is_in(levels.implode()))
    paid = money | (role == "money_head")
    anchors = cells.filter(opens).group_by("upper", paid=paid).agg(anchor=pl.col("at").min())
    kept = kept.with_columns(paid=paid).join(anchors, on=["upper", "paid"], how="left", maintain_order="left")
    kept = kept.with_columns(order=pl.when("low").then(pl.col("anchor").fill_null(pl.col("at"))).otherwise("at"))
    kept = kept.sort("upper", "order", "at").with_columns(nth=pl.int_range(pl.len(), dtype=pl.Int32).over("upper"))
    return kept.with_columns(
        line="upper",
        column_no=pl.when(pl.col("upper").is_in(crowded.implode())).then("nth").otherwise(place).cast(pl.UInt16),
        role=role.cast(ROLES),
    )
