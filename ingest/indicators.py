"""Lines of an open indicator table → indicator rows, with the levels that merged cells leave unsaid."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.align import align
from ingest.structure import HEADS, TABLE_COLUMNS
from ingest.tokens import ROLES

_LEVEL_COLUMNS: Final = ("col_level1", "col_level2")
_CLOSING: Final = ("col_content", "col_value", "col_actual")
_TARGET_LIKE: Final = r"^\s*(?:[≥≤＞＜><=＝≧≦]|不低于|不少于|不超过|不高于)|^\s*[\d０-９][\d０-９,.，]*\s*\S{0,4}$"
"""What is a target by its looks: an operator first, or a number with a short unit."""
DEFAULT_BLOCK: Final = 2**32 - 1
"""The header of tables that print none: level 1, level 2, content, value."""


def read(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the indicator tables.

    Args:
        tokens: tokens of lines on which a table is open, with `form` (its first line), `kind`; sorted by
            line and column.

    Returns:
        One row a line of the table that is no header, in order: `form`, `line`, `scope`, `level1`, `level2`, one column a
        role of the table (`col_content`, `col_value`, …; NULL: blank cell), `columns` (how many of the header's columns
        hold actual values: 0 for a declaration), and `fate`: indicator, label (levels only), or why it could not be
        read (columns_ambiguous, row_incomplete).
    """
    line, role = pl.col("line"), pl.col("role")
    block = pl.when(pl.col("kind") == "columns").then(line).forward_fill()
    tokens = tokens.select(
        "line", "column_no", "text", "role", "label", "form", "kind",
        block=pl.when(block >= pl.col("form")).then(block).otherwise(DEFAULT_BLOCK).cast(pl.UInt32),
    )
    header = _header(tokens)
    head = role.is_in(HEADS) | (role == "goal_head")
    rows = tokens.filter((pl.col("kind") != "columns") & ~(_first(line) & head.fill_null(value=False))).drop("kind")
    rows = _levels(rows).join(_level_places(header), on="block", how="left", maintain_order="left")
    rows = _content_like_level(rows)
    labelled = rows.filter(pl.col("level").is_not_null())
    own = rows.filter(pl.col("level").is_null()).select("line", "block", "column_no", "text")
    cells = align(_shifted(own, labelled), header, _CLOSING, _LEVEL_COLUMNS)
    return _fill(_assemble(rows, labelled, _lone(cells, labelled), header)).join(
        _blocks(header, tokens), on="block", how="left", maintain_order="left"
    )


def _first(line: pl.Expr) -> pl.Expr:
    return (line != line.shift(1)).fill_null(value=True)


def _header(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that each header line names: `block`, `column_no`, `role`."""
    printed = tokens.filter((pl.col("kind") == "columns") & pl.col("role").is_in(TABLE_COLUMNS)).select(
        "block", "column_no", "role"
    )
    default = pl.DataFrame(
        {"block": [DEFAULT_BLOCK] * 4, "column_no": [0, 1, 2, 3], "role": [*_LEVEL_COLUMNS, "col_content", "col_value"]},
        schema=printed.schema,
    )
    return pl.concat([printed, default])


def _blocks(header: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Return of each header whose targets stand below it (the year's, the whole project's) and whether results do."""
    whole = tokens.filter(pl.col("role") == "table_head_project").get_column("block").unique()
    return header.group_by("block").agg(has_results=(pl.col("role") == "col_actual").any()).with_columns(
        scope=pl.when(pl.col("block").is_in(whole.implode())).then(pl.lit("whole_project")).otherwise(pl.lit("annual"))
    )


def _level_places(header: pl.DataFrame) -> pl.DataFrame:
    """Return where each header prints its levels and its content: `block`, `place1`, `place2`, `place3`."""
    place = pl.col("column_no").cast(pl.Int32)
    role = pl.col("role")
    return header.group_by("block").agg(
        place1=place.filter(role == "col_level1").first(),
        place2=place.filter(role == "col_level2").first(),
        place3=place.filter(role == "col_content").first(),
    )


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark which cells are the row's level labels (`level`: 1, 2 or NULL): the first cell, and the one behind level 1."""
    line, role = pl.col("line"), pl.col("role")
    first = _first(line)
    behind = (line.shift(-1) == line) & role.shift(-1).is_in(["level2", "level2_cost"])
    # 成本指标 is level 1 since the guidance of 2021, level 2 before: the company it keeps in its form decides.
    new_era = rows.filter(role == "level2_cost").get_column("form").unique()
    opening = rows.filter(role.is_in(["level1", "level1_or_2"])).group_by("form", maintain_order=True).agg(
        pl.col("line").first()
    )
    opening_lines = opening.get_column("line")
    rows = rows.with_columns(
        one=first
        & (
            (role == "level1")
            | (
                (role == "level1_or_2")
                & (behind.fill_null(value=False) | pl.col("form").is_in(new_era.implode()) | line.is_in(opening_lines.implode()))
            )
        ).fill_null(value=False),
        first=first,
    )
    after_one = pl.col("one").shift(1).fill_null(value=False) & ~pl.col("first")
    said_again = (role == "level1") & (pl.col("label") == pl.col("label").shift(1))
    two = (role.is_in(["level2", "level2_cost", "level1_or_2"]) & ((pl.col("first") & ~pl.col("one")) | after_one)) | (
        after_one & said_again
    )
    return rows.with_columns(
        level=pl.when("one").then(1).when(two.fill_null(value=False)).then(2).cast(pl.Int8)
    ).drop("one", "first")


def _content_like_level(rows: pl.DataFrame) -> pl.DataFrame:
    """Take a level-2 word for content where it stands in the content's column with one other cell behind it."""
    line = pl.col("line")
    alone = _first(line) & (line.shift(-1) == line) & (line.shift(-2) != line).fill_null(value=True)
    content = alone & (pl.col("level") == 2) & (pl.col("column_no").cast(pl.Int32) == pl.col("place3"))
    return rows.with_columns(level=pl.when(~content.fill_null(value=False)).then("level"))


def _shifted(own: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """Add to a row's own cells how far its labels stand left of the header's."""
    shifts = labelled.select(
        "line",
        shift=pl.when(pl.col("level") == 1).then("place1").otherwise("place2") - pl.col("column_no").cast(pl.Int32),
    )
    last = (pl.col("line") != pl.col("line").shift(-1)).fill_null(value=True)
    return own.join(shifts.filter(last), on="line", how="left", maintain_order="left")


def _lone(cells: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """Place the only cell of a row that has a level label by its looks: a target or a content."""
    lone = pl.col("as").is_null() & (pl.col("width") == 1)
    if not cells.select(lone.any()).item():
        return cells
    lone = lone & pl.col("line").is_in(labelled.get_column("line").implode())
    looks = pl.when(pl.col("text").str.contains(_TARGET_LIKE)).then(pl.lit("col_value", ROLES)).otherwise(
        pl.lit("col_content", ROLES)
    )
    return cells.with_columns(pl.when(lone).then(looks).otherwise("as").alias("as"))


def _assemble(rows: pl.DataFrame, labelled: pl.DataFrame, cells: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Bring each line's cells into one row."""
    lines = rows.filter(_first(pl.col("line"))).select("form", "line", "block")
    words = lexicon.labels().get_column("word")
    for number in (1, 2):
        one = labelled.filter(pl.col("level") == number).select("line", "label")
        one = one.select("line", words[one.get_column("label")].alias(f"level{number}"))
        lines = lines.join(one, on="line", how="left", maintain_order="left")
    odd = cells.filter(pl.col("as").is_null())
    lines = lines.join(odd.select("line", "width").unique("line"), on="line", how="left", maintain_order="left")
    printed = set(header.get_column("role").unique())
    for role in TABLE_COLUMNS:
        if role in printed:
            one = cells.filter(pl.col("as") == role).select("line", pl.col("text").alias(role))
            lines = lines.join(one, on="line", how="left", maintain_order="left")
        else:
            lines = lines.with_columns(pl.lit(None, pl.String).alias(role))
    said = pl.any_horizontal(pl.col(role).is_not_null() for role in TABLE_COLUMNS if role not in _LEVEL_COLUMNS)
    return lines.with_columns(
        level1=pl.coalesce("level1", "col_level1"),
        level2=pl.coalesce("level2", "col_level2"),
        fate=pl.when(pl.col("width") == 1).then(pl.lit("row_incomplete"))
        .when(pl.col("width").is_not_null()).then(pl.lit("columns_ambiguous"))
        .when(said).then(pl.lit("indicator")).otherwise(pl.lit("label")),
    ).drop("width", *_LEVEL_COLUMNS)


def _fill(lines: pl.DataFrame) -> pl.DataFrame:
    """Let a level hold for the rows below it, until the next label or the form's end."""
    border = (pl.col("form") != pl.col("form").shift(1)).fill_null(value=True)
    lines = lines.with_columns(
        held=pl.coalesce("level1", pl.when(border).then(pl.lit(""))).forward_fill(), border=border
    )
    turned = pl.col("level1").is_not_null() & (pl.col("held") != pl.col("held").shift(1)).fill_null(value=True)
    second = pl.coalesce("level2", pl.when(pl.col("border") | turned).then(pl.lit(""))).forward_fill()
    return lines.with_columns(
        level1=pl.when(pl.col("held") != "").then("held"), level2=pl.when(second != "").then(second)
    ).drop("held", "border")
