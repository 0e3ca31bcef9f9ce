"""One table that lists many projects → the same frames as one form a project gives."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from ingest.nothing import known_of_nothing
from ingest.spread import spread
from ingest.structure import FIELDS, GOALS, LEVELS, MONEY_COLUMNS, TABLE_COLUMNS

_PROJECT: Final = (*FIELDS, "unit_or_project", "total", "sum", "whole_total", "source", *GOALS)
_MONEY: Final = ("total", "sum", "whole_total", "source")
_STAGES: Final = ("col_initial", "col_adjusted", "col_executed")
_OWN: Final = tuple(role for role in TABLE_COLUMNS if role not in ("col_level1", "col_level2"))
_TELLING: Final = [role for role in TABLE_COLUMNS if role not in ("col_other", "col_remark")]
"""Columns that make a row one of indicators: not 序号, not 备注."""
_AMOUNT: Final = r"^[\s¥￥]*-?[\d０-９][\d０-９,，.．\s]*(?:万?元)?$|^[-—－/]+$"

_AROUND: Final = ("ruler", "page", "unit", "note", "title", "head", "signature")
"""Kinds of lines that a page prints between the rows: no row, and no project's name (— 1 —)."""
_OFFICE: Final = "(?:厅|局|委员会|委|办公室|政府|法院|检察院)$"
_NUMBERING: Final = r"^\s*(?:[一二三四五六七八九十]+|\d{1,3})\s*[、.．]\s*"


@dataclass(frozen=True)
class Lists:
    """What stands in lists of projects; frames as in `ingest.forms`, `goals`, `money`, `execution` and `indicators`.

    `starts`: `line` (a form begins here), `parent` (the form that the list's title began).
    """

    starts: pl.DataFrame
    headers: pl.DataFrame
    goals: pl.DataFrame
    funding: pl.DataFrame
    execution: pl.DataFrame
    rows: pl.DataFrame


@known_of_nothing
def read(tokens: pl.DataFrame) -> Lists:
    """Read lists of projects.

    A row begins a form where it names a project other than the row above; unit and department hold for the rows below.

    Args:
        tokens: tokens of the lines on which a list is open, with `form`, `kind`, `means`; sorted by line and column.
    """
    line, role = pl.col("line"), pl.col("role")
    tokens = tokens.with_columns(
        role.cast(pl.String),
        block=pl.when(pl.col("kind") == "list_columns").then(line).forward_fill(),
        at=pl.col("column_no").cast(pl.Int32),
    )
    tokens = _second_header(tokens)
    header = _header(tokens)
    cells = _placed(tokens.filter((line != pl.col("block")) & ~pl.col("kind").is_in(_AROUND)), header)
    lines = _lines(cells)
    # A row that sums up a unit's projects names the unit.
    unit = pl.col("sums") & (pl.col("as") == "unit") & ~pl.col("text").str.contains("合计|小计|总计")
    good = cells.filter((~pl.col("stray") & ~pl.col("sums")) | unit).with_columns(text=_levels_said())
    rows = lines.select("line").with_row_index("row")
    owner = good.select("line").join(rows, on="line", how="left", maintain_order="left").get_column("row")
    printed = spread(owner, good.get_column("as"), good.select("text"), lines.height)
    names, blank = header.get_column("as").unique(maintain_order=True), good.select("text").clear(lines.height)
    lines = lines.hstack([printed.get(name, blank).get_column("text").alias(name) for name in names])
    return _forms(_grouped(_with(lines, [*_PROJECT, *TABLE_COLUMNS, *MONEY_COLUMNS])), header)


def _levels_said() -> pl.Expr:
    """Write levels as the lexicon does, unknown ones without the blanks between their characters."""
    word = pl.when(pl.col("role").is_in(LEVELS)).then("word")
    said = pl.coalesce(word, pl.col("text").str.replace_all(r"\s", ""))
    return pl.when(pl.col("as").is_in(["col_level1", "col_level2"])).then(said).otherwise("text")


def _second_header(tokens: pl.DataFrame) -> pl.DataFrame:
    """Draw a second header row (合计 | 财政拨款 below 预算金额, 计算符号 | 目标值 below 指标值) into the first; it names
    its places better."""
    line, role, block = pl.col("line"), pl.col("role"), pl.col("block")
    below = tokens.filter(line != block).filter(line == line.min().over("block"))
    lower = below.filter(role.is_in([*_MONEY, *TABLE_COLUMNS]).fill_null(value=False).all().over("line"))
    if not lower.height:
        return tokens
    upper = tokens.filter(line == block).join(lower.select("block", "at"), on=["block", "at"], how="anti")
    rest = tokens.filter(line != block, ~line.is_in(lower.get_column("line").unique().implode()))
    return pl.concat([upper, lower.with_columns(line="block"), rest]).sort("line", "at", maintain_order=True)


def _header(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of each list: `block`, `at`, `as` (the role; of a further one, role and place), `means`."""
    # A column that nobody has named yet is still a column: its cells are no strays.
    role = pl.col("role")
    known = (
        pl.when(role.is_in([*_PROJECT, *TABLE_COLUMNS, *MONEY_COLUMNS]) & (role != "goal_head"))
        .then("role")
        .when(role == "money_head")
        .then(pl.lit("total"))
        .when((role == "goal_head") & ~(role == "goal").any().over("block"))
        .then(pl.lit("goal"))
        .otherwise(pl.lit("col_other"))
    )
    header = tokens.filter(pl.col("line") == pl.col("block")).select("block", "at", "means", "text", role=known)
    again = pl.col("at").cum_count().over("block", "role") > 1
    return header.with_columns(
        pl.when(again).then(pl.concat_str("role", "at", separator=" ")).otherwise("role").alias("as"),
        first=pl.col("at").filter(pl.col("role").is_in(_OWN)).min().over("block"),
        own=pl.col("role").is_in(_OWN).sum().over("block").cast(pl.Int32),
    )


def _lines(cells: pl.DataFrame) -> pl.DataFrame:
    """Say of each row whether its cells can be told (`stray`), whether it only sums up (`sums`), and its only cell
    (`alone`)."""
    return cells.group_by("line", maintain_order=True).agg(
        pl.col("form", "block", "stray", "sums").first(), alone=pl.when(pl.len() == 1).then(pl.col("text").first())
    )


def _placed(cells: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Give each cell the column it stands below, its row moved to where the header has the row's level labels."""
    nth, width = pl.int_range(pl.len(), dtype=pl.Int32).over("line"), pl.len().cast(pl.Int32).over("line")
    columns = header.select("block", "first", "own").unique("block")
    cells = cells.join(_shifts(cells, header), on="line", how="left", maintain_order="left").join(
        columns, on="block", how="left", maintain_order="left"
    )
    # Blank cells dropped, no label: as many cells as the columns of one indicator.
    dropped = pl.col("shift").is_null() & (width == pl.col("own")) & (pl.col("at").min().over("line") < pl.col("first"))
    at = pl.when(dropped).then(pl.col("first") + nth).otherwise(pl.col("at") + pl.col("shift").fill_null(0))
    cells = cells.with_columns(at=at).join(
        header.select("block", "at", "as", of="role"), on=["block", "at"], how="left", maintain_order="left"
    )
    text, of = pl.col("text"), pl.col("of")
    level = of.is_in(["col_level1", "col_level2"]) & ~(
        pl.col("role").is_in(LEVELS) | text.str.replace_all(r"\s", "").str.contains("(?:指标|目标|效益|成本)$")
    )
    money = of.is_in([*_MONEY, *_STAGES]) & ~text.str.contains(_AMOUNT)
    number = (of == "col_unit") & text.str.contains(
        r"^[\d０-９.,，]+$"
    )  # of the column behind: blank cells were dropped
    odd = (
        pl.col("as").is_null()
        | number.fill_null(value=False)
        | level.fill_null(value=False)
        | money.fill_null(value=False)
    )
    labelled = pl.col("shift").is_not_null() | of.is_in(_TELLING).fill_null(value=False).any().over("line")
    sums = (
        ~labelled
        & (width <= 4)
        & text.str.contains(_AMOUNT).any().over("line")
        & (
            text.str.contains("合计|小计|总计").any().over("line")
            | ((of == "project_name") & text.str.contains(_AMOUNT)).any().over("line")
            | ~(of == "project_name").any().over("line")
        )
    )
    return cells.with_columns(stray=odd.any().over("line"), sums=sums.fill_null(value=False))


def _shifts(cells: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Return how far each row's level labels stand left of the header's."""
    places = header.filter(pl.col("as").is_in(["col_level1", "col_level2"])).pivot("as", index="block", values="at")
    places = _with(places, ["col_level1", "col_level2"], pl.Int32)
    first = pl.col("role").is_in(["level1", "level1_or_2"])
    labels = cells.filter(pl.col("role").is_in(LEVELS)).join(places, on="block", how="left", maintain_order="left")
    # 成本指标 is a level 2 where it stands below one, or alone; a level 1 where another level stands behind it.
    either, at = pl.col("role") == "level1_or_2", pl.col("at")
    leads = (pl.col("line") == pl.col("line").shift(-1)).fill_null(value=False)
    placed = either & ((at == pl.col("col_level1")) | (at == pl.col("col_level2")))
    target = pl.when(placed).then("at").when(first & (~either | leads)).then("col_level1").otherwise("col_level2")
    return labels.select("line", shift=target - at).unique("line", keep="first", maintain_order=True)


def _with(frame: pl.DataFrame, names: list[str], dtype: type[pl.DataType] = pl.String) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, dtype).alias(name) for name in names if name not in frame.columns)


def _forms(lines: pl.DataFrame, header: pl.DataFrame) -> Lists:
    either, goal = pl.col("unit_or_project"), pl.col("goal").is_not_null()
    lines = lines.with_columns(
        project_name=pl.coalesce("project_name", pl.when(goal).then(either)),
        unit=pl.coalesce("unit", pl.when(~goal).then(either)),
    )
    name = pl.col("project_name")
    lines = lines.with_columns(pl.col("unit", "department").forward_fill().over("form"))
    held = [pl.col(column).eq_missing(pl.col(column).shift(1)) for column in ("form", "unit", "department")]
    code = pl.col("project_code")  # printed once, or with the name on each row
    held.append(code.is_null() | code.eq_missing(code.forward_fill().shift(1)))
    lines = lines.with_columns(same=((name == name.shift(1)) & pl.all_horizontal(held)).fill_null(value=False))
    begins = name.is_not_null() & ~pl.col("same")
    lines = lines.with_columns(
        parent="form", form=pl.when(begins).then("line").forward_fill().over("form").cast(pl.UInt32)
    )
    first = pl.col("col_level1").forward_fill().over("form")  # merged cells
    lines = lines.with_columns(col_level1=first).with_columns(
        pl.col("col_level2").forward_fill().over("form", pl.col("col_level1").fill_null("").rle_id())
    )
    starts = lines.filter(pl.col("form") == pl.col("line"))
    found = [c for c in FIELDS if starts.get_column(c).null_count() < starts.height]
    headers = starts.select(
        "form", *FIELDS, *(pl.when(pl.col(c).is_not_null()).then("line").alias(f"{c}_line") for c in found)
    )
    return Lists(
        starts=starts.select("line", "parent"),
        headers=headers,
        goals=_goals(starts, header),
        funding=_funding(starts, header),
        execution=_execution(starts),
        rows=_rows(lines, header),
    )


def _grouped(lines: pl.DataFrame) -> pl.DataFrame:
    """Take a row of nothing but an office's name (湖北省教育厅), above rows with units of their own, for their department."""
    above = pl.col("alone").str.replace(_NUMBERING, "").str.replace_all(r"\s", "")
    group = (
        above.str.contains(_OFFICE) & pl.col("department").is_null() & pl.col("department").is_null().all().over("form")
    )
    below = pl.col("project_name").shift(-1).is_not_null() & pl.col("unit").shift(-1).is_not_null()
    group = (group & below & (pl.col("form") == pl.col("form").shift(-1))).fill_null(value=False)
    return lines.with_columns(
        pl.when(~group).then(pl.col(name)).alias(name) for name in ("unit", "project_name", "unit_or_project")
    ).with_columns(
        department=pl.when(group).then(above).otherwise("department"),
        stray=pl.col("stray") & ~group,
    )


def _goals(starts: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    return (
        starts.unpivot(
            [role for role in GOALS if role != "goal_head"],
            index=["form", "line"],
            variable_name="role",
            value_name="text",
        )
        .drop_nulls("text")
        .select("form", pl.col("role"), "text", "line")
    )


def _funding(starts: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    money = header.filter(pl.col("role").is_in(_MONEY)).select("block", "at", "as", "role", "means", "text")
    printed = money.get_column("as").unique(maintain_order=True).to_list()
    amounts = starts.unpivot(printed, index=["form", "block", "line"], variable_name="as", value_name="amount_raw")
    return (
        amounts.join(money, on=["block", "as"], maintain_order="left")
        .sort("line", "at")
        .select(
            "form",
            "line",
            role=pl.col("role").replace("sum", "total"),
            scope=pl.when(pl.col("role") == "whole_total").then(pl.lit("whole_project")).otherwise(pl.lit("annual")),
            funding_source=pl.when(pl.col("role") == "source").then(
                pl.col("means").replace("general_public", "general_public_local")
            ),
            label="text",
            amount_raw="amount_raw",
        )
    )


def _execution(starts: pl.DataFrame) -> pl.DataFrame:
    """Return what each project was given and has spent; 预算数 beside 执行数 is what could be spent."""
    budget = pl.when(pl.col("col_initial").is_null() & pl.col("col_executed").is_not_null()).then("total")
    return starts.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in MONEY_COLUMNS)).select(
        "form",
        "line",
        "col_initial",
        "col_executed",
        "col_rate",
        funding_line=pl.lit("total"),
        label=pl.lit(None, pl.String),
        col_adjusted=pl.coalesce("col_adjusted", budget),
    )


def _rows(lines: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    own = [role for role in TABLE_COLUMNS if role not in ("col_level1", "col_level2")]
    said = pl.any_horizontal(pl.col(role).is_not_null() for role in own if role in _TELLING)
    results = header.filter(pl.col("as").is_in(["col_actual", "col_score"])).get_column("block")
    return lines.select(
        "form",
        "line",
        "block",
        *own,
        level1=pl.col("col_level1"),
        level2=pl.col("col_level2"),
        scope=pl.lit("annual"),
        has_results=pl.col("block").is_in(results.implode()),
        derived=pl.lit(value=False),
        fate=pl.when("sums")
        .then(pl.lit("total"))
        .when("stray")
        .then(pl.lit("columns_ambiguous"))
        .when(said & pl.col("form").is_not_null())
        .then(pl.lit("indicator"))
        .when(said)
        .then(pl.lit("columns_ambiguous"))
        .otherwise(pl.lit("label")),
    )


def settle(described: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    """Give the lines of a list to the forms that begin in it; the form of the list's title is none."""
    if not lists.starts.height:
        return described
    starts = lists.starts.select("line", own=pl.col("line"))
    nowhere = pl.lit(2**32 - 1, pl.UInt32)
    described = described.join(starts, on="line", how="left", maintain_order="left")
    # The header comes again on the next page: its project goes on.
    listed = pl.when(pl.col("kind") == "list_columns").then("form")
    fresh = listed.is_not_null() & listed.ne_missing(listed.forward_fill().shift(1))
    held = pl.coalesce("own", pl.when(fresh).then(nowhere)).forward_fill()
    parents = lists.starts.get_column("parent").unique().implode()
    return described.with_columns(
        form=pl.when("in_list")
        .then(pl.when(held != nowhere).then(held))
        .when(~pl.col("form").is_in(parents))
        .then("form")
    ).drop("own")
