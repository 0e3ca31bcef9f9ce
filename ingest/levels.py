"""Cells of indicator rows → which of them are levels: the words say it, else their place and their company."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.displaced import lifted, upright
from ingest.looks import LEVEL_LIKE, TARGET
from ingest.tokens import ROLES

_SECOND: Final = ("level2", "level2_plain", "level2_cost")

_COSTS: Final = lexicon.labels().filter(role="level1_or_2", means="cost").get_column("label").implode()


def levels(rows: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Mark which cells are labels of levels.

    Args:
        rows: tokens of rows with `form`, `block`; sorted by line and column.
        header: `block`, `column_no`, `role`, as `ingest.columns.header` returns it.

    Returns:
        `rows` with `level` (1, 2 or NULL), `place1`, `place2`, `place3` (where the header has the levels and the
        content) and `derived` (a level 1 that is not printed).
    """
    rows = lifted(upright(rows.join(_level_places(header), on="block", how="left", maintain_order="left")))
    rows = _unknown_levels(_levels(rows))
    return _content_like_level(_second_like_first(rows, header))


def first(line: pl.Expr) -> pl.Expr:
    """Say whether a token is the first of its line."""
    return (line != line.shift(1)).fill_null(value=True)


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark which cells are the row's level labels (`level`: 1, 2 or NULL): the first cell, and the one behind level 1.

    成本指标 is level 1 since the guidance of 2021, level 2 before: the company it keeps in its form decides. A word of
    the taxonomy behind a level is content where only one cell is left behind it (成本指标 | 数量 | ≤5万元).
    """
    line, role, label = pl.col("line"), pl.col("role"), pl.col("label")
    new_era = rows.filter(role == "level2_cost").get_column("form").unique().implode()
    opening = rows.filter(role.is_in(["level1", "level1_or_2"])).group_by("form", maintain_order=True).agg(line.first())
    opening, drawn = opening.get_column("line").implode(), _drawn(rows).implode()
    next_role = pl.when(line.shift(-1) == line).then(role.shift(-1))
    room = (line.shift(-3) == line).fill_null(value=False)
    said_again = (label == label.shift(-1)) & (line.shift(-1) == line)
    child = (
        pl.when(role == "level1")
        .then(next_role.is_in([*_SECOND, "level1_or_2"]) | said_again)
        .when(role == "level1_or_2")
        .then(
            (next_role == "level2_cost")
            | (next_role.is_in(_SECOND) & (room | ~label.is_in(_COSTS)))
            | ((next_role == "level1_or_2") & room)
        )
        .when(role == "level2")
        .then((next_role == "level2_plain") & room)
    )
    rows = rows.with_columns(first=first(line), child=child.fill_null(value=False)).with_columns(
        one=pl.col("first")
        & pl.when(role == "level1")
        .then(True)
        .when(role == "level1_or_2")
        .then(pl.col("child") | line.is_in(drawn) | pl.col("form").is_in(new_era) | line.is_in(opening))
        .when(role == "level2")
        .then("child")
        .otherwise(False)
    )
    second = (
        pl.when("first")
        .then(~pl.col("one") & role.is_in([*_SECOND, "level1_or_2"]))
        .otherwise((pl.col("one") & pl.col("child")).shift(1))
    )
    return rows.with_columns(
        level=pl.when("one").then(1).when(second.fill_null(value=False)).then(2).cast(pl.Int8)
    ).drop("one", "child")


def _drawn(rows: pl.DataFrame) -> pl.Series:
    """Return the lines on which 满意度 stands in the column of level 1, with words in that of level 2, and a content and
    a target behind."""
    mine = rows.get_column("role").is_in(["level1_or_2"]).arg_true()
    beside = [mine + n for n in range(4)]
    inside = beside[3] < rows.height
    cells = [rows.select("line", "column_no", "text", "role")[at.filter(inside)] for at in beside]
    found = rows.select("line", "place1", "place2", "place3", "target_place")[mine.filter(inside)]
    for n, cell in enumerate(cells):
        found = found.with_columns(cell.rename(lambda name, n=n: f"{name} {n}"))
    near = [pl.col(f"column_no {n}").cast(pl.Int32) == pl.col(f"place{n + 1}") for n in range(3)]
    together = [pl.col(f"line {n}") == pl.col("line") for n in range(1, 4)]
    # Where other columns stand between content and target, a target right behind the content says nothing.
    near.append(pl.col("column_no 3").cast(pl.Int32) == pl.col("target_place"))
    looks = [pl.col("role 1").is_null(), ~pl.col("text 2").str.contains(TARGET), pl.col("text 3").str.contains(TARGET)]
    return found.filter(*near, *together).filter(*looks).get_column("line")


def _unknown_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Take a cell for a level that the lexicon lacks where it reads like one and a whole row stands behind it."""
    line, level, text = pl.col("line"), pl.col("level"), pl.col("text")
    plain = pl.col("role").is_null() & text.str.ends_with("标") & (text.str.len_bytes() <= 45)
    if not rows.select(plain.any()).item():
        return rows.drop("first")
    squeezed = text.str.replace_all(r"\s", "")
    like = plain & squeezed.str.contains(LEVEL_LIKE)
    behind = line.shift(-2) == line
    target = text.shift(-1).str.contains(TARGET)
    one = like & pl.col("first") & pl.col("role").shift(-1).is_in(_SECOND) & (line.shift(-1) == line)
    two = like & behind & ~target & (pl.col("first") | ((level.shift(1) == 1) & (line.shift(1) == line)))
    after = pl.col("role").is_in(_SECOND) & one.shift(1)
    return rows.with_columns(
        level=pl.when(one.fill_null(value=False))
        .then(1)
        .when((two | after).fill_null(value=False))
        .then(2)
        .otherwise(level)
        .cast(pl.Int8)
    ).drop("first")


def _content_like_level(rows: pl.DataFrame) -> pl.DataFrame:
    """Take a level-2 word for content where it stands in the content's column with one other cell behind it."""
    line = pl.col("line")
    alone = first(line) & (line.shift(-1) == line) & (line.shift(-2) != line).fill_null(value=True)
    content = alone & (pl.col("level") == 2) & (pl.col("column_no").cast(pl.Int32) == pl.col("place3"))
    return rows.with_columns(level=pl.when(~content.fill_null(value=False)).then("level"))


def _second_like_first(rows: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Take 满意度 for a level 2 and 服务对象满意度 behind it for the content, where they stand below these columns and
    what reads like a target below that of the targets: only so the row is whole."""
    line, place = pl.col("line"), pl.col("column_no").cast(pl.Int32)
    pair = (pl.col("role") == "level1_or_2") & (pl.col("level") == 1) & (pl.col("level").shift(-1) == 2)
    near = pair & (line.shift(-1) == line) & (place == pl.col("place2")) & (place.shift(-1) == pl.col("place3"))
    if not rows.select(near.any()).item():
        return rows
    values = header.filter(pl.col("role") == "col_value").select("block", "column_no")
    targets = rows.filter(pl.col("text").str.contains(TARGET)).join(values, on=["block", "column_no"], how="semi")
    near = (near & line.is_in(targets.get_column("line").implode())).fill_null(value=False)
    return rows.with_columns(
        level=pl.when(near).then(2).when(~near.shift(1, fill_value=False)).then("level").cast(pl.Int8)
    )


def _level_places(header: pl.DataFrame) -> pl.DataFrame:
    """Return where each header prints its levels, its content and its target: `block`, `place1` … `place3`,
    `target_place`."""
    place = pl.col("column_no").cast(pl.Int32)
    role = pl.col("role")
    return header.group_by("block").agg(
        place1=place.filter(role == "col_level1").first(),
        place2=place.filter(role == "col_level2").first(),
        place3=place.filter(role == "col_content").first(),
        target_place=place.filter(role == "col_value").first(),
    )


def satisfied(rows: pl.DataFrame, labelled: pl.DataFrame, cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take 服务对象满意度 behind 满意度 for the content where nothing but a target is left behind it.

    满意度 is then a level 2 below 效果 (Shanghai), else a level 1.
    """
    line = pl.col("line")
    lone = (pl.col("width") == 1) & (pl.col("as").is_null() | (pl.col("as") == "col_content"))
    lone = cells.filter(lone).filter(pl.col("text").str.contains(TARGET)).get_column("line")
    twice = (pl.col("role") == "level1_or_2") & (pl.col("level") == 1) & line.is_in(lone.implode())
    first = labelled.filter(twice, ~pl.col("label").is_in(_COSTS)).get_column("line")
    if not first.len():
        return labelled, cells
    mine = line.is_in(first.implode())
    content = labelled.filter(mine, pl.col("level") == 2).select(*(c for c in cells.columns if c in labelled.columns))
    effects = rows.filter(pl.col("text").str.starts_with("效果"), pl.col("level") == 1).get_column("form").unique()
    below = mine & pl.col("form").is_in(effects.implode())
    labelled = labelled.filter(~(mine & (pl.col("level") == 2))).with_columns(
        level=pl.when(below).then(2).otherwise("level").cast(pl.Int8)
    )
    target = pl.when(mine).then(pl.lit("col_value", ROLES)).otherwise("as")
    named = content.with_columns(width=pl.lit(2, pl.Int32)).with_columns(pl.lit("col_content", ROLES).alias("as"))
    cells = pl.concat([cells.with_columns(target.alias("as")), named], how="diagonal_relaxed")
    return labelled, cells.sort("line", maintain_order=True)


def filled(lines: pl.DataFrame) -> pl.DataFrame:
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
