"""Lines of an open indicator table → indicator rows, with the levels that merged cells leave unsaid."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.align import align
from ingest.looks import TARGET
from ingest.structure import HEADS, LEVELS, TABLE_COLUMNS
from ingest.targets.text import replace_where
from ingest.tokens import ROLES

LEVEL_COLUMNS: Final = ("col_level1", "col_level2")
CLOSING: Final = tuple(
    role for role in TABLE_COLUMNS if role not in ("col_reason", "col_remark", "col_other", "col_direction")
)
"""Columns that a row does not leave blank at its end: without remarks and explanations, which many rows lack."""
_LEVEL_LIKE: Final = r"^[^\d,，、。；;:：(（≥≤%]{2,12}(?:指标|目标)$"
"""What may be a level that the lexicon does not know (廉政效益指标)."""
_SECOND: Final = ("level2", "level2_plain", "level2_cost")
_COSTS: Final = lexicon.labels().filter(role="level1_or_2", means="cost").get_column("label").implode()
_OTHER_WORDS: Final = lexicon.labels().filter(~pl.col("role").str.starts_with("level")).get_column("word").implode()
DEFAULT_BLOCK: Final = 2**32 - 1
"""The header of tables that print none: level 1, level 2, content, value."""


def read(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the indicator tables.

    Args:
        tokens: tokens of lines on which a table is open, with `form` (its first line), `kind`; sorted by
            line and column.

    Returns:
        One row a line of the table that is no header, in order (two where a line prints a target for the whole
        project and one for the year): `form`, `line`, `scope`, `level1`, `level2`, one column a role of the table
        (`col_content`, `col_value`, …; NULL: blank cell), `has_results` (the header has a column for actual
        values), and `fate`:
        indicator, label (levels only), or why it could not be read (columns_ambiguous, row_incomplete).
    """
    line = pl.col("line")
    header = pl.when(pl.col("kind") == "columns").then(line)
    # 长期绩效指标 on a line of its own heads the table below it.
    above = (pl.col("kind") == "head") & (pl.col("kind").shift(-1) == "columns")
    block = pl.when(above).then(header.backward_fill()).otherwise(header.forward_fill())
    tokens = tokens.select(
        "line",
        "column_no",
        "text",
        "role",
        "label",
        "form",
        "kind",
        block=pl.when(block >= pl.col("form")).then(block).otherwise(DEFAULT_BLOCK).cast(pl.UInt32),
    )
    tokens = _like_headers(tokens)
    splits = _splits(tokens)
    if not splits.height:
        return _read(tokens)
    tokens = tokens.join(splits, on="block", how="left", maintain_order="left")
    right = (pl.col("column_no") >= pl.col("split")).fill_null(value=False)
    return _side_by_side(_read(tokens.filter(~right).drop("split")), _read(tokens.filter(right).drop("split")))


def _like_headers(tokens: pl.DataFrame) -> pl.DataFrame:
    """Let headers of the same words in the same places be one: what a header says is found out once, not once a form.

    Not where a head beside the rows tells the tables apart (长期绩效指标).
    """
    if tokens.select((pl.col("role") == "table_head_project").any()).item():
        return tokens
    cell = pl.concat_str("column_no", pl.lit(":"), "text")
    headers = tokens.filter(pl.col("kind") == "columns").select("block", cell=cell).group_by("block").agg("cell")
    like = headers.select("block", like=pl.col("block").min().over(pl.col("cell").list.join("\t")))
    header = pl.col("kind") == "columns"
    return (
        tokens.join(like, on="block", how="left", maintain_order="left")
        .filter(~header | (pl.col("like") == pl.col("block")))
        .with_columns(block=pl.coalesce("like", "block"))
        .drop("like")
    )


def _splits(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return where headers of two tables side by side (the medium term's, the year's) part: `block`, `split`."""
    role = pl.col("role")
    header = tokens.filter(pl.col("kind") == "columns", role.is_in(TABLE_COLUMNS))
    again = (pl.col("column_no").cum_count().over("block", "role") == 2) & role.is_in(["col_level2", "col_content"])
    twins = header.filter(role == "col_value").filter(pl.len().over("block") == 2).select("block").unique()
    return (
        header.filter(again).join(twins, on="block", how="semi").group_by("block").agg(split=pl.col("column_no").min())
    )


def _side_by_side(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Bring two tables together: levels may stand on the left only; a row holds only where both its halves do."""
    held = left.select("line", held1="level1", held2="level2")
    bare = pl.col("level2").is_null().all().over("block")  # the right table has no level 2 of its own
    right = right.join(held, on="line", how="left", maintain_order="left").with_columns(
        level1=pl.coalesce("level1", "held1"), level2=pl.when(bare).then("held2").otherwise("level2")
    )
    bad = pl.col("fate").is_in(["columns_ambiguous", "row_incomplete"])
    torn = pl.concat([left.filter(bad).select("line"), right.filter(bad).select("line")]).get_column("line")
    both = pl.col("line").is_in(right.get_column("line").implode())
    left = left.with_columns(scope=pl.when(both).then(pl.lit("whole_project")).otherwise("scope"))
    rows = pl.concat([left, right.select(left.columns)]).sort("line", maintain_order=True)
    lost = pl.col("line").is_in(torn.implode())
    return rows.with_columns(fate=pl.when(lost).then(pl.lit("columns_ambiguous")).otherwise("fate"))


def _read(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read tables of which no two stand side by side; as `read`, with `block` (the header that holds)."""
    role = pl.col("role")
    tokens, header = _without_leading(tokens, _header(tokens))
    head = role.is_in(HEADS) | (role == "goal_head")
    rows = tokens.filter((pl.col("kind") != "columns") & ~(_first(pl.col("line")) & head.fill_null(value=False)))
    rows = _without_sums(rows).drop("kind")
    rows = _unknown_levels(_levels(rows)).join(_level_places(header), on="block", how="left", maintain_order="left")
    rows = _content_like_level(_second_like_first(rows, header))
    labelled = rows.filter(pl.col("level").is_not_null())
    own = rows.filter(pl.col("level").is_null()).select("line", "block", "column_no", "text")
    own = _shifted(own, labelled)
    cells = align(own, header, CLOSING, LEVEL_COLUMNS, _drawn(rows, own))
    labelled, cells = _satisfied(rows, labelled, cells)
    read = _fill(_assemble(rows, labelled, _lone(cells, labelled), header))
    return _two_scopes(read.join(_blocks(header, tokens), on="block", how="left", maintain_order="left"))


def _without_leading(tokens: pl.DataFrame, header: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out the columns left of the content that hold neither level nor target (序号, 目标名称, a level's 分值)."""
    place, role = pl.col("column_no"), pl.col("role")
    content = place.filter(role == "col_content").min().over("block")
    leading = header.filter(role.is_in(["col_other", "col_weight"]) & (place < content)).select("block", "column_no")
    if not leading.height:
        return tokens, header
    at = ["block", "column_no"]
    stays = role.is_in([*LEVELS, *HEADS]).fill_null(value=False)
    rest = tokens.filter(~stays).join(leading, on=at, how="anti")
    kept = pl.concat([tokens.filter(stays), rest]).sort("line", "column_no", maintain_order=True)
    return kept, header.join(leading, on=at, how="anti", maintain_order="left")


def _without_sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows that sum up: 合计, 总分 and nothing but numbers behind."""
    summing = rows.filter(pl.col("kind") == "sum")
    if not summing.height:
        return rows
    other = summing.filter(pl.col("role").is_null(), ~pl.col("text").str.contains(r"^[-\d.,%％/—\s]+$"))
    sums = summing.join(other, on="line", how="anti").get_column("line").unique()
    return rows.filter(~pl.col("line").is_in(sums.implode()))


def _first(line: pl.Expr) -> pl.Expr:
    return (line != line.shift(1)).fill_null(value=True)


def _header(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that each header line names, one content a header: `block`, `column_no`, `role`."""
    role, place = pl.col("role"), pl.col("column_no")
    named = _columns_named(tokens.filter(pl.col("kind") == "columns"))
    content = place.filter(role == "col_content").min().over("block")
    printed = named.filter(role.is_in(TABLE_COLUMNS)).with_columns(
        # 指标类型 behind the content says 定量 or 定性, no level.
        role=pl.when(role.is_in(LEVEL_COLUMNS) & (place > content)).then(pl.lit("col_other", ROLES)).otherwise(role),
        # 三级指标 names the content where 指标内容 beside it only explains.
        better=(role == "col_content") & (pl.col("label") != _THIRD).fill_null(value=True),
    )
    again = (role == "col_content") & (pl.col("line").cum_count().over("block", "role") > 1)
    content = (
        printed.sort("block", "better", "column_no")
        .with_columns(role=pl.when(again).then(pl.lit("col_other", ROLES)).otherwise(role))
        .sort("block", "column_no")
    )
    default = pl.DataFrame(
        {"block": [DEFAULT_BLOCK] * 4, "column_no": [0, 1, 2, 3], "role": [*LEVEL_COLUMNS, "col_content", "col_value"]},
        schema={"block": pl.UInt32, "column_no": pl.UInt16, "role": ROLES},
    )
    return pl.concat([content.select("block", "column_no", "role"), default])


def _columns_named(cells: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of header lines the roles that they have there, as labels of columns."""
    role = pl.col("role")
    has_actual = (role == "col_actual").any().over("block")
    behind = role.is_in(LEVEL_COLUMNS).cum_sum().over("block").gt(0)
    return cells.with_columns(
        # 绩效指标 behind the levels names the contents (Hebei); elsewhere it heads the whole table.
        role=pl.when((role == "table_head") & behind)
        .then(pl.lit("col_content", ROLES))
        .when((role == "goal_result") & ~has_actual)
        .then(pl.lit("col_actual", ROLES))
        # A column that nobody has named yet is still a column: its cells are not its neighbours'. But not a county's.
        .when(
            (role.is_null() | ~role.is_in([*TABLE_COLUMNS, *HEADS, "goal_head", "ruler"]))
            & role.is_in(_TOLD).any().over("block")
            & ~pl.col("text").str.contains(_PLACE)
        )
        .then(pl.lit("col_other", ROLES))
        .otherwise(role)
    )


_TOLD: Final = ("col_value", "col_value_project", "col_actual")
_PLACE: Final = r"[县市区旗州盟镇乡]\s*$|街道(?:办事处)?\s*$"
_THIRD: Final = lexicon.labels().filter(word="三级指标").item(0, "label")
_ONCE: Final = (
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


def _blocks(header: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Return of each header whose targets stand below it (the year's, the whole project's) and whether results do."""
    whole = tokens.filter(pl.col("role") == "table_head_project").get_column("block").unique()
    role = pl.col("role")
    return (
        header.group_by("block")
        .agg(
            has_results=(role == "col_actual").any(),
            has_value=(role == "col_value").any(),
        )
        .with_columns(
            scope=pl.when(pl.col("block").is_in(whole.implode()))
            .then(pl.lit("whole_project"))
            .otherwise(pl.lit("annual"))
        )
    )


def _two_scopes(rows: pl.DataFrame) -> pl.DataFrame:
    """Make two rows of a line that prints a target for the whole project and one for the year."""
    whole = rows.filter(pl.col("col_value_project").is_not_null())
    if not whole.height:
        return rows.drop("has_value")
    whole = whole.with_columns(col_value="col_value_project", scope=pl.lit("whole_project"))
    annual = rows.filter(pl.col("has_value") | pl.col("col_value_project").is_null())
    return pl.concat([whole, annual]).sort("line", maintain_order=True).drop("has_value")


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
    """Mark which cells are the row's level labels (`level`: 1, 2 or NULL): the first cell, and the one behind level 1.

    成本指标 is level 1 since the guidance of 2021, level 2 before: the company it keeps in its form decides. A word of
    the taxonomy behind a level is content where only one cell is left behind it (成本指标 | 数量 | ≤5万元).
    """
    line, role, label = pl.col("line"), pl.col("role"), pl.col("label")
    new_era = rows.filter(role == "level2_cost").get_column("form").unique().implode()
    opening = rows.filter(role.is_in(["level1", "level1_or_2"])).group_by("form", maintain_order=True).agg(line.first())
    opening = opening.get_column("line").implode()
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
    rows = rows.with_columns(first=_first(line), child=child.fill_null(value=False)).with_columns(
        one=pl.col("first")
        & pl.when(role == "level1")
        .then(True)
        .when(role == "level1_or_2")
        .then(pl.col("child") | pl.col("form").is_in(new_era) | line.is_in(opening))
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


def _unknown_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Take a cell for a level that the lexicon lacks where it reads like one and a whole row stands behind it."""
    line, level, text = pl.col("line"), pl.col("level"), pl.col("text")
    plain = pl.col("role").is_null() & text.str.ends_with("标") & (text.str.len_bytes() <= 45)
    if not rows.select(plain.any()).item():
        return rows.drop("first")
    squeezed = text.str.replace_all(r"\s", "")
    like = plain & squeezed.str.contains(_LEVEL_LIKE)
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
    alone = _first(line) & (line.shift(-1) == line) & (line.shift(-2) != line).fill_null(value=True)
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


def _drawn(rows: pl.DataFrame, own: pl.DataFrame) -> pl.Series:
    """Return the headers whose tables stand as they were drawn: no label beside its column, blank cells kept."""
    shifts = own.group_by("block").agg(still=(pl.col("shift") == 0).all())
    first = rows.filter(_first(pl.col("line"))).join(
        own.filter(pl.col("shift") == 0).select("line").unique(), on="line", how="semi"
    )
    kept = first.filter(pl.col("column_no") > 0).get_column("block").unique()
    return shifts.filter("still", pl.col("block").is_in(kept.implode())).get_column("block")


def _shifted(own: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """Add to a row's own cells how far its labels stand left of the header's."""
    shifts = labelled.select(
        "line",
        shift=pl.when(pl.col("level") == 1).then("place1").otherwise("place2") - pl.col("column_no").cast(pl.Int32),
    )
    last = (pl.col("line") != pl.col("line").shift(-1)).fill_null(value=True)
    return own.join(shifts.filter(last), on="line", how="left", maintain_order="left")


def _satisfied(rows: pl.DataFrame, labelled: pl.DataFrame, cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
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


def _lone(cells: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """Place the only cell of a row that has a level label by its looks: a target or a content."""
    lone = pl.col("as").is_null() & (pl.col("width") == 1)
    if not cells.select(lone.any()).item():
        return cells
    lone = lone & pl.col("line").is_in(labelled.get_column("line").implode())
    looks = (
        pl.when(pl.col("text").str.contains(TARGET))
        .then(pl.lit("col_value", ROLES))
        .otherwise(pl.lit("col_content", ROLES))
    )
    return cells.with_columns(pl.when(lone).then(looks).otherwise("as").alias("as"))


def _assemble(rows: pl.DataFrame, labelled: pl.DataFrame, cells: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Bring each line's cells into one row."""
    lines = rows.filter(_first(pl.col("line"))).select("form", "line", "block")
    words = lexicon.labels().get_column("word")
    for number in (1, 2):
        one = labelled.filter(pl.col("level") == number).select("line", "label", "text")
        unknown = one.get_column("label").is_null()
        printed = replace_where(one.get_column("text"), unknown, lambda text: text.str.replace_all(r"\s", ""))
        one = one.select("line", pl.coalesce(words[one.get_column("label")], printed).alias(f"level{number}"))
        lines = lines.join(one, on="line", how="left", maintain_order="left")
    twice = header.filter(pl.col("role").is_in(_ONCE)).filter(pl.len().over("block", "role") > 1).get_column("block")
    if twice.len():  # two tables side by side
        cells = cells.with_columns(pl.when(~pl.col("block").is_in(twice.implode())).then("as").alias("as"))
    odd = cells.filter(pl.col("as").is_null())
    lines = lines.join(odd.select("line", "width").unique("line"), on="line", how="left", maintain_order="left")
    printed = set(header.get_column("role").unique())
    for role in TABLE_COLUMNS:
        if role in printed:
            one = cells.filter(pl.col("as") == role).select("line", pl.col("text").alias(role))
            one = one.unique("line", keep="first", maintain_order=True)
            lines = lines.join(one, on="line", how="left", maintain_order="left")
        else:
            lines = lines.with_columns(pl.lit(None, pl.String).alias(role))
    said = pl.any_horizontal(pl.col(role).is_not_null() for role in TABLE_COLUMNS if role not in LEVEL_COLUMNS)
    # What stands below a level's column is no level where it holds a number, or a word for something else.
    false = pl.any_horizontal(
        pl.col(name).str.contains(r"\d") | pl.col(name).is_in(_OTHER_WORDS) for name in LEVEL_COLUMNS
    ).fill_null(value=False)
    lines = lines.with_columns(false=false).with_columns(
        pl.when(~pl.col("false")).then(pl.col(name)).alias(name) for name in LEVEL_COLUMNS
    )
    # Without a header, a row of more than content and target says that other columns are unknown for the whole form.
    bare = pl.col("block") == DEFAULT_BLOCK
    unknown = bare & pl.col("form").is_in(
        lines.filter(bare & (pl.col("width") > 2)).get_column("form").unique().implode()
    )
    nameless = pl.all_horizontal(
        pl.col(name).is_null() for name in ("level1", "level2", "col_level1", "col_level2", "col_content")
    )
    return lines.with_columns(
        level1=pl.coalesce("level1", "col_level1"),
        level2=pl.coalesce("level2", "col_level2"),
        fate=pl.when((pl.col("width") == 1) | (said & nameless & ~pl.col("false")))
        .then(pl.lit("row_incomplete"))
        .when(pl.col("width").is_not_null() | pl.col("false") | unknown)
        .then(pl.lit("columns_ambiguous"))
        .when(said)
        .then(pl.lit("indicator"))
        .otherwise(pl.lit("label")),
    ).drop("width", "false", *LEVEL_COLUMNS)


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
