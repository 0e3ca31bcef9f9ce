"""Header lines of indicator tables → what each of their columns holds."""

from functools import cache
from typing import Final

import polars as pl

from ingest import lexicon
from ingest.structure import HEADS, LEVELS, TABLE_COLUMNS
from ingest.tokens import ROLES

LEVEL_COLUMNS: Final = ("col_level1", "col_level2")
CLOSING: Final = tuple(
    role for role in TABLE_COLUMNS if role not in ("col_reason", "col_remark", "col_other", "col_direction")
)
"""Columns that a row does not leave blank at its end: without remarks and explanations, which many rows lack."""
DEFAULT_BLOCK: Final = 2**32 - 1
"""The header of tables that print none: level 1, level 2, content, value."""
REASON: Final = r"(?s)(?:偏差|偏离|差异|未完成|未达).*原因|改进措施"
"""未完成原因及拟采取的改进措施: the words around it are endless."""
_TOLD: Final = ("col_value", "col_value_project", "col_actual")

PLACE: Final = r"[县市区旗州盟镇乡]\s*$|街道(?:办事处)?\s*$"

_NAMES: Final = ("四级指标", "三级指标")
"""What names the contents where other labels of contents stand beside it and explain, the most telling first."""
_KINDS: Final = lexicon.labels().filter(pl.col("word").is_in(["指标类型", "指标类别"])).get_column("label").implode()
"""Labels of levels that head the whole table where the level's own label stands beside them."""

ONCE: Final = (
    "col_content",
    "col_value",
    "col_actual",
    "col_level1",
    "col_level2",
    "col_operator",
    "col_unit",
    "col_weight",
    "col_score",
)
"""Columns of which a table has one: where it has two, nobody can say which counts."""


def header(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that each header line names, one content a header: `block`, `column_no`, `role`."""
    role, place = pl.col("role"), pl.col("column_no")
    named = _columns_named(tokens.filter(pl.col("kind") == "columns"))
    content = place.filter(role == "col_content").min().over("block")
    printed = named.filter(role.is_in(TABLE_COLUMNS)).with_columns(
        # 指标类型 behind the content says 定量 or 定性, no level.
        role=pl.when(role.is_in(LEVEL_COLUMNS) & (place > content)).then(pl.lit("col_other", ROLES)).otherwise(role),
        rank=pl.col("label").replace_strict(_ranks(), default=len(_NAMES), return_dtype=pl.UInt8),
    )
    again = (role == "col_content") & (pl.col("line").cum_count().over("block", "role") > 1)
    content = (
        printed.sort("block", "rank", "column_no")
        .with_columns(role=pl.when(again).then(pl.lit("col_other", ROLES)).otherwise(role))
        .sort("block", "column_no")
    )
    default = pl.DataFrame(
        {"block": [DEFAULT_BLOCK] * 4, "column_no": [0, 1, 2, 3], "role": [*LEVEL_COLUMNS, "col_content", "col_value"]},
        schema={"block": pl.UInt32, "column_no": pl.UInt16, "role": ROLES},
    )
    return pl.concat([content.select("block", "column_no", "role"), default])


@cache
def _ranks() -> dict[int, int]:
    """Return the place of each of _NAMES by its label."""
    words = dict(lexicon.labels().select("word", "label").iter_rows())
    return {words[name]: rank for rank, name in enumerate(_NAMES)}


def _columns_named(cells: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of header lines the roles that they have there, as labels of columns."""
    role = pl.col("role")
    has_actual = (role == "col_actual").any().over("block")
    has_value = role.is_in(["col_value", "col_value_project"]).any().over("block")
    named = (role == "col_content").cum_sum().over("block").gt(0)
    behind = role.is_in(LEVEL_COLUMNS).cum_sum().over("block").gt(0)
    return cells.with_columns(
        # 绩效指标 behind the levels names the contents (Hebei); elsewhere it heads the whole table.
        role=pl.when(pl.col("label").is_in(_KINDS) & ~named & ((role.count() > 1).over("block", "role")))
        .then(pl.lit("table_head", ROLES))
        .when((role == "table_head") & behind)
        .then(pl.lit("col_content", ROLES))
        # 目标 behind the contents names the targets where nothing else does.
        .when(role.is_in(["goal", "goal_head"]) & named & ~has_value)
        .then(pl.lit("col_value", ROLES))
        .when((role == "goal_result") & ~has_actual)
        .then(pl.lit("col_actual", ROLES))
        .when(role.is_null() & pl.col("text").str.contains(REASON))
        .then(pl.lit("col_reason", ROLES))
        # A column that nobody has named yet is still a column: its cells are not its neighbours'. But not a county's.
        .when(
            (role.is_null() | ~role.is_in([*TABLE_COLUMNS, *HEADS, "goal_head", "ruler"]))
            & role.is_in(_TOLD).any().over("block")
            & ~pl.col("text").str.contains(PLACE)
        )
        .then(pl.lit("col_other", ROLES))
        .otherwise(role)
    )


def without_leading(tokens: pl.DataFrame, header: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out the columns left of the content that hold neither level nor target (序号, 目标名称, a level's 分值).

    Where a row's label does not stand below its column, the row was moved, and the cells to be left out with it.
    """
    place, role = pl.col("column_no"), pl.col("role")
    content = place.filter(role == "col_content").min().over("block")
    leading = header.filter(role.is_in(["col_other", "col_weight"]) & (place < content)).select("block", "column_no")
    if not leading.height:
        return tokens, header
    stays = role.is_in([*LEVELS, *HEADS]).fill_null(value=False)
    moved = tokens.join(_moved(tokens, header), on="line", how="left", maintain_order="left")
    at = (place.cast(pl.Int32) + pl.col("moved").fill_null(0)).alias("at")
    places = leading.select("block", at=place.cast(pl.Int32))
    rest = moved.filter(~stays).with_columns(at).join(places, on=["block", "at"], how="anti", maintain_order="left")
    kept = pl.concat([tokens.filter(stays), rest.select(tokens.columns)]).sort("line", "column_no", maintain_order=True)
    return kept, header.join(leading, on=["block", "column_no"], how="anti", maintain_order="left")


def _moved(tokens: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Return how far each row stands left of its columns in the header: `line`, `moved`.

    The last label of a row says it; a row without any that begins below level 1, though cells are missing, has lost
    its blank ones.
    """
    place, role = pl.col("column_no").cast(pl.Int32), pl.col("role")
    places = header.group_by("block").agg(
        place1=place.filter(role == "col_level1").first(),
        place2=place.filter(role == "col_level2").first(),
        own=place.filter(~role.is_in(LEVEL_COLUMNS)).min(),
        columns=pl.len(),
    )
    rows = tokens.filter(pl.col("kind") != "columns").join(places, on="block", maintain_order="left")
    either = role == "level1_or_2"
    first = (role == "level1") | (either & (place == pl.col("place1")))
    labels = rows.filter(role.is_in(list(LEVELS))).with_columns(
        moved=pl.when(first).then("place1").otherwise("place2") - place
    )
    said = labels.group_by("line").agg(pl.col("moved").last())
    bare = (
        rows.join(said, on="line", how="anti")
        .group_by("line")
        .agg(pl.col("place1", "own", "columns").first(), start=place.min(), cells=pl.len())
    )
    lost = bare.filter(
        pl.col("start") <= pl.col("place1"), pl.col("own") > pl.col("place1"), pl.col("cells") < pl.col("columns")
    )
    return pl.concat([said, lost.select("line", moved=pl.col("own") - pl.col("start"))])


def splits(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return where headers of two tables side by side (the medium term's, the year's) part: `block`, `split`."""
    role = pl.col("role")
    header = tokens.filter(pl.col("kind") == "columns", role.is_in(TABLE_COLUMNS))
    again = (pl.col("column_no").cum_count().over("block", "role") == 2) & role.is_in(["col_level2", "col_content"])
    twins = header.filter(role == "col_value").filter(pl.len().over("block") == 2).select("block").unique()
    return (
        header.filter(again).join(twins, on="block", how="semi").group_by("block").agg(split=pl.col("column_no").min())
    )


def like_headers(tokens: pl.DataFrame) -> pl.DataFrame:
    """Let headers of the same words in the same places be one: what a header says is found out once, not once a form.

    Not where a head beside the rows tells the tables apart (长期绩效指标).
    """
    if tokens.select((pl.col("role") == "table_head_project").any()).item():
        return tokens
    header = pl.col("kind") == "columns"
    cells = tokens.filter(header).select("block", "column_no", "text", "role")
    words = cells.select(pl.col("text").unique()).with_row_index("word")
    # Word, place and role of a cell as one number.
    number = pl.col("word").cast(pl.UInt64) * 2**24 + pl.col("column_no").cast(pl.UInt64) * 2**8
    number = number + pl.col("role").to_physical().cast(pl.UInt64).fill_null(2**8 - 1)
    numbered = cells.join(words, on="text", how="left", maintain_order="left").select("block", cell=number)
    headers = numbered.group_by("block", maintain_order=True).agg("cell")
    like = headers.select("block", like=pl.col("block").min().over("cell"))
    # Few headers are of their own words; of these tokens, what the others say is left out.
    again = like.filter(pl.col("like") != pl.col("block"))
    if not again.height:
        return tokens
    kept = tokens.filter(~(header & pl.col("block").is_in(again.get_column("block").implode())))
    return kept.with_columns(pl.col("block").replace(again.get_column("block"), again.get_column("like")))
