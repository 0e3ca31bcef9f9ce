"""Lines of an open indicator table → indicator rows, with the levels that merged cells leave unsaid."""

from typing import Final

import polars as pl

from ingest import columns, lexicon
from ingest.align import align
from ingest.columns import CLOSING, DEFAULT_BLOCK, LEVEL_COLUMNS, ONCE, like_headers, splits, without_leading
from ingest.levels import filled, first, levels, satisfied
from ingest.looks import TARGET
from ingest.spread import spread
from ingest.structure import HEADS, TABLE_COLUMNS
from ingest.targets import units
from ingest.targets.text import replace_where
from ingest.tokens import ROLES

_ASKED: Final = (*LEVEL_COLUMNS, "col_content", "col_value")
_SIGN: Final = "^[≥≤＞＜><=＝≧≦]"
_SIGNS: Final = "^[≥≤＞＜><=＝≧≦]{1,2}$"
_AMOUNT: Final = r"^-?\d[\d,，.]*$"
_OTHER_WORDS: Final = (
    lexicon.labels()
    # 预算执行, 预算执行率 and 目标设定 are levels 2 too.
    .filter(~pl.col("role").str.starts_with("level"), ~pl.col("role").is_in(["money_head", "goal_head", "col_rate"]))
    .get_column("word")
    .implode()
)
_RATES: Final = lexicon.labels().filter(role="col_rate", means="own_level")
_SCORED: Final = r"[(（]\s*\d+\s*分?\s*[)）]"
_SATISFACTION: Final = lexicon.labels().filter(means="satisfaction").get_column("word").implode()


def read(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the indicator tables.

    Args:
        tokens: tokens of lines on which a table is open, with `form` (its first line), `kind`; sorted by
            line and column.

    Returns:
        One row a line of the table that is no header, in order (two where a line prints a target for the whole
        project and one for the year): `form`, `line`, `scope`, `level1`, `level2`, one column a role of the table
        (`col_content`, `col_value`, …; NULL: blank cell), `has_results` (the header has a column for actual
        values or scores), `derived` (level 1 follows from a level 2 in its column), and `fate`:
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
    tokens = like_headers(tokens)
    parted = splits(tokens)
    if not parted.height:
        whole = [tokens]
        del tokens  # or `_read` could not let go of it
        return _read(whole.pop())
    tokens = tokens.join(parted, on="block", how="left", maintain_order="left")
    right = (pl.col("column_no") >= pl.col("split")).fill_null(value=False)
    own = tokens.filter(right, pl.col("kind") == "columns", pl.col("role") == "col_level1").get_column("block")
    halves = _read(tokens.filter(~right).drop("split")), _read(tokens.filter(right).drop("split"))
    return _side_by_side(*halves, own, parted.get_column("block"))


def _side_by_side(left: pl.DataFrame, right: pl.DataFrame, own: pl.Series, twins: pl.Series) -> pl.DataFrame:
    """Bring two tables together: levels may stand on the left only; a row holds only where both its halves do.

    `own`: the headers that name a level 1 on the right too. Else 成本指标 and 满意度指标 there are of level 2.
    `twins`: the headers of two tables.
    """
    held = left.select("line", held1="level1", held2="level2")
    bare = pl.col("level2").is_null().all().over("block")  # the right table has no level 2 of its own
    lower = ~pl.col("block").is_in(own.implode())
    right = right.join(held, on="line", how="left", maintain_order="left")
    right = right.with_columns(level2=pl.when(lower).then(pl.coalesce("level2", "level1")).otherwise("level2"))
    right = right.with_columns(
        level1=pl.when(lower).then("held1").otherwise(pl.coalesce("level1", "held1")),
        level2=pl.when(bare).then("held2").otherwise("level2"),
    )
    bad = pl.col("fate").is_in(["columns_ambiguous", "row_incomplete"])
    torn = pl.concat([left.filter(bad).select("line"), right.filter(bad).select("line")]).get_column("line")
    both = pl.col("line").is_in(right.get_column("line").implode())
    # Where no line holds both halves, the places that part them are lost: nobody can say which table a row is of.
    parted = left.filter(both).get_column("block").unique()
    flat = ~pl.col("block").is_in(parted.implode()) & pl.col("block").is_in(twins.implode())
    left = left.with_columns(
        scope=pl.when(pl.col("block").is_in(twins.implode())).then(pl.lit("whole_project")).otherwise("scope"),
        fate=pl.when(flat & (pl.col("fate") == "indicator")).then(pl.lit("columns_ambiguous")).otherwise("fate"),
    )
    rows = pl.concat([left, right.select(left.columns)], how="vertical_relaxed").sort("line", maintain_order=True)
    lost = pl.col("line").is_in(torn.implode())
    return rows.with_columns(fate=pl.when(lost).then(pl.lit("columns_ambiguous")).otherwise("fate"))


def _read(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read tables of which no two stand side by side; as `read`, with `block` (the header that holds)."""
    role = pl.col("role")
    tokens, header = without_leading(tokens, columns.header(tokens))
    blocks = _blocks(header, tokens)
    head = role.is_in(HEADS) | (role == "goal_head")
    rows = tokens.filter((pl.col("kind") != "columns") & ~(first(pl.col("line")) & head.fill_null(value=False)))
    del tokens  # the cells are many
    rows = _without_sums(rows)
    money = rows.filter(pl.col("kind") == "money").get_column("line").unique()
    rows = levels(_one_value(rows.drop("kind"), header), header)
    rates = _rates(rows)
    labelled = rows.filter(pl.col("level").is_not_null())
    rows = rows.select("form", "line", "block", "column_no", "text", "level", "derived")
    own = rows.select("line", "block", "column_no", "text", "level").filter(pl.col("level").is_null()).drop("level")
    own = _shifted(own, labelled)
    cells = align(own, header, CLOSING, LEVEL_COLUMNS, _drawn(rows, own))
    del own
    labelled, cells = satisfied(rows, labelled, cells)
    read = _whole(_without_money(_assemble(rows, labelled, _lone(cells, labelled), header), money))
    read = _of_own_level(read, rates)
    return _two_scopes(read.join(blocks, on="block", how="left", maintain_order="left"))


def _one_value(rows: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Bring the cells below a label of targets that covers two columns (≥ | 6500人, 6500 | 人) into one, where the first is
    an operator or the second a unit; else both stay, and nobody can tell them."""
    place, line, text = pl.col("column_no"), pl.col("line"), pl.col("text")
    further = header.group_by("block").agg(last=place.max())
    gaps = (
        header.filter(pl.col("role") == "col_value", pl.col("block") != DEFAULT_BLOCK)
        .select("block", column_no=place + 1)
        .join(header, on=["block", "column_no"], how="anti")
        .join(further, on="block")
        .filter(pl.col("last") > place)
        .select("block", "column_no")
    )
    if not gaps.height:
        return rows
    unit = f"^(?:{units.SCALE})?(?:{units.pattern()})$"  # a known one: 100 | 优 is no number with its unit
    rows = rows.with_columns(at=pl.int_range(pl.len(), dtype=pl.UInt32))
    seconds = rows.filter(pl.col("block").is_in(gaps.get_column("block").implode())).join(
        gaps, on=["block", "column_no"], how="semi", maintain_order="left"
    )
    before = rows[(seconds.get_column("at").cast(pl.Int64) - 1).clip(lower_bound=0)].select(
        first="text", above="line", beside="column_no"
    )
    pairs = seconds.hstack(before).filter(
        pl.col("above") == line,
        pl.col("beside") + 1 == place,
        pl.col("first").str.contains(_SIGNS) | (pl.col("first").str.contains(_AMOUNT) & text.str.contains(unit)),
    )
    whole = pairs.select(at=pl.col("at") - 1, whole=pl.concat_str("first", "text"))
    return (
        rows.join(pairs.select("at"), on="at", how="anti", maintain_order="left")
        .join(whole, on="at", how="left", maintain_order="left")
        .with_columns(text=pl.coalesce("whole", "text"), role=pl.when(pl.col("whole").is_null()).then("role"))
        .drop("at", "whole")
    )


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that begin with 预算执行率 for their content: `line`, `word`, and whether it is printed as a level
    is (`apart`): in the column of level 1 with blank cells behind, or with its score （10分）."""
    label, place = pl.col("label"), pl.col("column_no").cast(pl.Int32)
    rate = (first(pl.col("line")) & label.is_in(_RATES.get_column("label").implode())).fill_null(value=False)
    at = rows.select(rate.arg_true()).to_series()
    behind = rows.select(behind="line", next="column_no")[(at + 1).clip(upper_bound=max(rows.height - 1, 0))]
    after = pl.when(pl.col("behind") == pl.col("line")).then(pl.col("next").cast(pl.Int32))
    return (
        rows[at]
        .hstack(behind)
        .filter(pl.col("level").is_null(), pl.col("place1").is_not_null())
        .select(
            "line",
            word=pl.col("label").replace_strict(
                dict(_RATES.select("label", "word").iter_rows()), return_dtype=pl.String
            ),
            apart=((place == pl.col("place1")) & (after > pl.col("place3")))
            | ((place < pl.col("place3")) & pl.col("text").str.contains(_SCORED)),
        )
    )


def _of_own_level(lines: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Fill in the levels; 预算执行率 printed as a level is one of its own, and it is never of the satisfaction above it."""
    if not rates.height:
        return filled(lines)
    lines = lines.join(rates, on="line", how="left", maintain_order="left")
    own = pl.col("word").is_not_null() & pl.col("level1").is_null() & pl.col("level2").is_null()
    lines = lines.with_columns(level1=pl.when(own & pl.col("apart")).then("word").otherwise("level1"), own=own)
    lines = filled(lines)
    false = (pl.col("own") & pl.col("level1").is_in(_SATISFACTION)).fill_null(value=False)
    return lines.with_columns(
        level1=pl.when(false).then("word").otherwise("level1"),
        level2=pl.when(~false).then("level2"),
    ).drop("word", "apart", "own")


def _without_money(lines: pl.DataFrame, money: pl.Series) -> pl.DataFrame:
    """Give up rows of nothing but a label of money and a bare amount (本级 | 4,396,217): they are of a form whose first
    lines are lost.

    `money`: the lines that begin with such a label. A sign or a unit (其他资金 | ≥3项) says that it is a content.
    """
    others = [role for role in TABLE_COLUMNS if role not in (*LEVEL_COLUMNS, "col_content", "col_value")]
    printed = lines.filter(pl.col("line").is_in(money.implode()), pl.col("fate") == "indicator")
    bare = pl.col("col_value").str.contains(_AMOUNT) & pl.all_horizontal(pl.col(role).is_null() for role in others)
    amounts = printed.filter(bare).get_column("line")
    if not len(amounts):
        return lines
    lost = pl.col("line").is_in(amounts.implode())
    return lines.with_columns(fate=pl.when(lost).then(pl.lit("columns_ambiguous")).otherwise("fate"))


def _whole(lines: pl.DataFrame) -> pl.DataFrame:
    """Give up contents without anything behind them where cells that nobody could place stand below: they are theirs."""
    bare = pl.all_horizontal(
        pl.col(role).is_null() for role in TABLE_COLUMNS if role not in (*LEVEL_COLUMNS, "col_content")
    )
    below = (pl.col("fate") == "row_incomplete").shift(-1) & (pl.col("block") == pl.col("block").shift(-1))
    torn = (pl.col("fate") == "indicator") & bare & below & (pl.col("form") == pl.col("form").shift(-1))
    return lines.with_columns(
        fate=pl.when(torn.fill_null(value=False)).then(pl.lit("columns_ambiguous")).otherwise("fate")
    )


def _without_sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows that sum up: 合计, 总分 and nothing but numbers behind."""
    summing = rows.filter(pl.col("kind") == "sum")
    if not summing.height:
        return rows
    other = summing.filter(pl.col("role").is_null(), ~pl.col("text").str.contains(r"^[-\d.,%％/—\s]+$"))
    sums = summing.join(other, on="line", how="anti").get_column("line").unique()
    return rows.filter(~pl.col("line").is_in(sums.implode()))


def _blocks(header: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Return of each header whose targets stand below it (the year's, the whole project's) and whether results do."""
    whole = tokens.filter(pl.col("role") == "table_head_project").get_column("block").unique()
    role = pl.col("role")
    return (
        header.group_by("block")
        .agg(
            has_results=role.is_in(["col_actual", "col_score"]).any(),
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
    rows = pl.concat([whole, annual], how="vertical_relaxed").sort("line", maintain_order=True)
    return rows.drop("has_value")


def _drawn(rows: pl.DataFrame, own: pl.DataFrame) -> pl.Series:
    """Return the headers whose tables stand as they were drawn: no label beside its column, blank cells kept."""
    moved = own.filter(pl.col("shift") != 0).get_column("block").unique()
    opening = rows.select("line", "block", opens=first(pl.col("line")) & (pl.col("column_no") > 0)).filter("opens")
    beside = own.select("line", "shift").filter(pl.col("shift") == 0)
    kept = opening.join(beside, on="line", how="semi").get_column("block").unique()
    return kept.filter(~kept.is_in(moved.implode()))


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
    looks = (
        pl.when(pl.col("text").str.contains(TARGET))
        .then(pl.lit("col_value", ROLES))
        .otherwise(pl.lit("col_content", ROLES))
    )
    return cells.with_columns(pl.when(lone).then(looks).otherwise("as").alias("as"))


def _levels_said(labelled: pl.DataFrame, at: pl.DataFrame) -> list[pl.Series]:
    """Return what each row says of its levels, as `level1` and `level2`: the lexicon's word, or what is printed.

    Args:
        labelled: cells that are levels.
        at: `line` and `at` (row, from 0) of each row.
    """
    known, unknown = lexicon.labels().get_column("word"), labelled.get_column("label").is_null()
    printed = replace_where(labelled.get_column("text"), unknown, lambda text: text.str.replace_all(r"\s", ""))
    words = labelled.select(word=pl.coalesce(known[labelled.get_column("label")], printed))
    owner = labelled.select("line").join(at, on="line", how="left", maintain_order="left").get_column("at")
    said = spread(owner, labelled.get_column("level"), words, at.height)
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, at.height)
    return [
        said[number].get_column("word").alias(f"level{number}") if number in said else blank.alias(f"level{number}")
        for number in ("1", "2")
    ]


def _assemble(rows: pl.DataFrame, labelled: pl.DataFrame, cells: pl.DataFrame, header: pl.DataFrame) -> pl.DataFrame:
    """Bring each line's cells into one row."""
    lines = rows.select("form", "line", "block", "derived").filter(first(pl.col("line")))
    at = lines.select("line").with_row_index("at")
    lines = lines.hstack(_levels_said(labelled, at))
    twice = header.filter(pl.col("role").is_in(ONCE)).filter(pl.len().over("block", "role") > 1).get_column("block")
    if twice.len():  # two tables side by side
        cells = cells.with_columns(pl.when(~pl.col("block").is_in(twice.implode())).then("as").alias("as"))
    odd = cells.filter(pl.col("as").is_null())
    lines = lines.join(odd.select("line", "width").unique("line"), on="line", how="left", maintain_order="left")
    owner = cells.select("line").join(at, on="line", how="left", maintain_order="left").get_column("at")
    printed = spread(owner, cells.get_column("as"), cells.select("text"), lines.height)
    lines = lines.hstack([printed[role].get_column("text").alias(role) for role in TABLE_COLUMNS if role in printed])
    # A column that no header names costs nothing, but those that are asked below what they say.
    blank = {role: pl.lit(None, pl.String if role in _ASKED else pl.Null) for role in TABLE_COLUMNS}
    lines = lines.with_columns(blank[role].alias(role) for role in TABLE_COLUMNS if role not in printed)
    said = pl.any_horizontal(pl.col(role).is_not_null() for role in TABLE_COLUMNS if role not in LEVEL_COLUMNS)
    # What stands below a level's column is no level where it holds a number, one character, or a word for something else.
    false = pl.any_horizontal(
        pl.col(name).str.contains(r"\d|^.$") | pl.col(name).is_in(_OTHER_WORDS) for name in LEVEL_COLUMNS
    ).fill_null(value=False)
    # …… in a template stands for rows that nobody wrote.
    value, dots = pl.col("col_value"), r"^[….．·\s]+$"
    dotted = lines.select("line", "col_content", "col_value").filter(pl.col("col_content").str.contains(dots))
    unwritten = dotted.filter(value.is_null() | value.str.contains(dots)).get_column("line").implode()
    lines = lines.with_columns(false=false, said=said & ~pl.col("line").is_in(unwritten)).with_columns(
        pl.when(~pl.col("false")).then(pl.col(name)).alias(name) for name in LEVEL_COLUMNS
    )
    # Without a header, a row of more than content and target says that other columns are unknown for the whole form.
    bare = pl.col("block") == DEFAULT_BLOCK
    unknown = bare & pl.col("form").is_in(
        lines.filter(bare & (pl.col("width") > 2)).get_column("form").unique().implode()
    )
    # No content begins with a sign of comparison: its row stands elsewhere than its header says.
    misplaced = pl.col("col_content").str.contains(_SIGN).fill_null(value=False)
    nameless = pl.all_horizontal(
        pl.col(name).is_null() for name in ("level1", "level2", "col_level1", "col_level2", "col_content")
    )
    return lines.with_columns(
        level1=pl.coalesce("level1", pl.col("col_level1").str.replace_all(r"\s", "")),
        level2=pl.coalesce("level2", pl.col("col_level2").str.replace_all(r"\s", "")),
        fate=pl.when((pl.col("width") == 1) | (pl.col("said") & nameless & ~pl.col("false")))
        .then(pl.lit("row_incomplete"))
        .when(pl.col("width").is_not_null() | pl.col("false") | unknown | misplaced)
        .then(pl.lit("columns_ambiguous"))
        .when("said")
        .then(pl.lit("indicator"))
        .otherwise(pl.lit("label")),
    ).drop("width", "false", "said", *LEVEL_COLUMNS)
