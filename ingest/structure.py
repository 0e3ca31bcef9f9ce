"""Tokens → what each line is by its words."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import polars as pl

from ingest.looks import KINDS_OF_TARGETS
from ingest.tokens import BARE_YEAR, ROLES, titles

KINDS: Final = pl.Enum([
    "blank", "ruler", "head", "title", "field", "money", "money_columns", "goal", "columns", "list_columns", "level",
    "sum", "signature", "task", "note", "unit", "page", "text",
])  # fmt: skip
"""What a line is by its words alone. note: a footnote; unit: 单位：万元; page: what a page prints around the form."""

MUTE: Final = ("blank", "ruler", "head", "note", "unit", "page", "text")
"""Kinds of lines that say nothing about where a form, or a part of it, begins."""
_YEARS: Final = r"^[(（]?\s*(?:19|20)\d{2}\s*年?\s*[-—~至]+\s*(?:19|20)\d{2}\s*年度?\s*[)）]?$"
"""A plan's years below its title."""
_NOTE: Final = r"^[（(]?\s*(?:注|备注|说明|填表说明|填报说明|注意|备 注)\s*[:：1１一]"
UNIT: Final = r"^[（(]?\s*(?:金额)?单位\s*[:：]\s*(?:人民币)?(?:万|千|百万|亿)?元\s*[)）]?$"
_NUMBER: Final = r"[\d一二三四五六七八九十]{1,3}(?:[-—]\d{1,2})?"
PAGE: Final = r"^[-—–]+\s*\d{1,4}\s*[-—–]+$|^第\s*\d+\s*页(?:[,，/]?\s*共\s*\d+\s*页)?$|^\d+\s*/\s*\d+\s*页$"
"""A page's number."""
_PAGE: Final = (
    PAGE
    + r"|^[(（]?\s*(?:续表|续上表|接上表|续)\s*[)）]?$"
    + rf"|^(?:公开|预算|部门预算|附)?\s*{_NUMBER}\s*表$|^附?表\s*{_NUMBER}\s*[:：]?$|^附件?\s*(?:{_NUMBER})?\s*[:：]?$"
    + r"|^(?:发布(?:时间|日期)|来源|浏览|字号|打印|字体|索引号|信息来源|时间|作者)[:：\s]"
)

_OF_TARGETS: Final = f"[≥≤≧≦]|不低于|不少于|不超过|不高于|{KINDS_OF_TARGETS}|绩效目标(?:是|为|[:：])"
"""What paragraphs say that are a part of the form."""

DIALECTS: Final = pl.Enum(["tab", "pipe", "space", "cell"])

FIELDS: Final = (
    "project_name",
    "project_code",
    "unit",
    "reporting_unit",
    "department",
    "local_department",
    "attribute",
    "category",
    "nature",
    "starts_on",
    "ends_on",
    "period",
    "fiscal_year",
    "other_field",
)
MONEY: Final = ("money_head", "total", "total_or_whole", "whole_total", "source", "source_level", "spending")
MONEY_COLUMNS: Final = ("col_initial", "col_adjusted", "col_executed", "col_rate")
GOALS: Final = ("goal", "goal_or_project", "goal_project", "goal_result", "goal_head")
LEVELS: Final = ("level1", "level1_or_2", "level2", "level2_plain", "level2_cost")
HEADS: Final = ("table_head", "table_head_project")
TABLE_COLUMNS: Final = tuple(role for role in ROLES.categories if role.startswith("col_") and role not in MONEY_COLUMNS)


@cache
def bits(*roles: str) -> int:
    """Return the mask in which each of `roles` has its bit set."""
    order = {role: n for n, role in enumerate(ROLES.categories)}
    return sum(1 << order[role] for role in roles)


@cache
def has(*roles: str) -> pl.Expr:
    """Say whether a line holds a token of one of `roles`."""
    return (pl.col("roles") & bits(*roles)) != 0


def renamed(column: pl.Expr, names: Mapping[str, str], categories: pl.Series, kind: pl.Enum) -> pl.Expr:
    """Return the name that `names` gives each of the categories of an Enum, NULL where it gives none: a look-up by number,
    several times quicker than a replacement."""
    return pl.lit(pl.Series([names.get(one) for one in categories], dtype=kind)).gather(column.to_physical())


def describe(lines: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Say of each line what it is.

    Args:
        lines: LINES with the row index `line`.
        tokens: as `ingest.tokens.tokens` returns them.

    Returns:
        One row a line, in order: `line`, `document_id`, `new_document` (its document begins here), `dialect`, `kind` (KINDS),
        `roles` (bit mask), `size` (tokens), `unlabelled` (tokens without a label), `first` (role of the first label that tells
        a kind), `indent` (the column of that label).
    """
    by_line = _by_line(tokens)
    telling = tokens.select("line", first="role", indent="column_no")
    telling = telling.filter(pl.col("first").is_in(list(_KIND_OF_FIRST)))
    telling = telling.filter((pl.col("line") != pl.col("line").shift(1)).fill_null(value=True))
    frame = lines.select("line", "document_id", pl.col("dialect").cast(DIALECTS)).hstack(
        [
            *_of_lines(lines.height, by_line.drop("begins")),
            *_of_lines(lines.height, telling),
            *_of_lines(lines.height, _unlabelled(lines, tokens, by_line)),
        ]
    )
    frame = (
        frame.lazy()
        .with_columns(pl.col("roles").fill_null(0), pl.col("size").fill_null(0))
        .with_columns(kind=_kind())
        .with_columns(kind=_goal_below())
        .with_columns(new_document=(pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True))
        .collect(engine="in-memory")
    )
    return _beside_tables(frame.drop("plain"), lines)


def _beside_tables(frame: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Take paragraphs behind a table, and those between a title and its table, for what a page prints around a form.

    Where a document has tables, their rows are no paragraphs; but a paragraph that speaks of targets may be a part of the form.
    """
    paragraph = lines.get_column("table_no") == 0
    if paragraph.all():
        return frame
    kind, document = pl.col("kind"), pl.col("new_document").cum_sum()
    says = (pl.col("size") > 0) & ~(pl.col("paragraph") & kind.is_in(MUTE))
    place = pl.when(says).then(
        pl.when(~pl.col("paragraph"))
        .then(pl.lit("table"))
        .when(kind == "title")
        .then(pl.lit("title"))
        .otherwise(pl.lit("text"))
    )
    asked = frame.select("kind", "new_document", "size", paragraph=paragraph).with_columns(
        behind=place.shift(1).forward_fill().over(document), before=place.shift(-1).backward_fill().over(document)
    )
    around = asked.select(
        (kind == "text")
        & pl.col("paragraph")
        & ((pl.col("behind") == "table") | ((pl.col("behind") == "title") & (pl.col("before") == "table")))
    ).to_series()
    at = around.fill_null(value=False).arg_true()
    aside = at.filter(~lines.get_column("raw_text")[at].str.contains(_OF_TARGETS))
    return frame.with_columns(frame.get_column("kind").scatter(aside, "page"))


def _of_lines(height: int, facts: pl.DataFrame) -> list[pl.Series]:
    """Return the columns of `facts` (`line`: the row that it is of) for all lines; NULL where it says nothing of one."""
    nowhere = pl.Series([None], dtype=pl.UInt32).new_from_index(0, height)
    at = nowhere.scatter(facts.get_column("line"), pl.int_range(facts.height, dtype=pl.UInt32, eager=True))
    return facts.drop("line")[at].get_columns()


def _by_line(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return `line`, `begins` (the row of its first token), `size`, `roles`, `unlabelled` of each line that has tokens.

    Tokens stand in their lines' order, so that running counts tell the sizes: cheaper than groups of two or three rows.
    """
    line, role = pl.col("line"), pl.col("role")
    bit = pl.lit(2, pl.UInt64).pow(role.to_physical().cast(pl.UInt64)).cast(pl.UInt64)
    roles = _joined(tokens.select("line", "role").filter(role.is_not_null()).select("line", roles=bit))
    ends = tokens.select(
        "line",
        size=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32),
        unlabelled=role.is_null().cum_sum(),
        last=(line != line.shift(-1)).fill_null(value=True),
    ).filter("last")
    before = pl.col("size", "unlabelled").shift(1, fill_value=0)
    counted = ends.select("line", pl.col("size", "unlabelled") - before, begins=pl.col("size").shift(1, fill_value=0))
    return counted.join(roles, on="line", how="left", maintain_order="left")


def _joined(labelled: pl.DataFrame) -> pl.DataFrame:
    """Return the bits (`roles`) of all cells of each line; each step joins those of twice as many neighbours."""
    line, roles, reach = pl.col("line"), pl.col("roles"), 1
    while labelled.select((line == line.shift(reach)).any()).item():
        near = pl.when(line == line.shift(reach)).then(roles.shift(reach)).otherwise(0)
        labelled, reach = labelled.with_columns(roles | near), reach * 2
    return labelled.filter((line != line.shift(-1)).fill_null(value=True))


def _unlabelled(lines: pl.DataFrame, tokens: pl.DataFrame, by_line: pl.DataFrame) -> pl.DataFrame:
    """Return what lines without any label are by their words, where these say it: `line`, `plain` (KINDS).

    Only lines of one cell are asked, and lines where blanks part the cells: a sentence has many of these.
    """
    mute = by_line.select("line", "begins", "size", "unlabelled").filter(pl.col("unlabelled") == pl.col("size"))
    mute = _said_again(mute, tokens)
    spaced = (lines.get_column("dialect") == "space")[mute.get_column("line")]
    asked = mute.filter((pl.col("size") == 1) | spaced)
    first = asked.select("line", "size").with_columns(tokens.get_column("text").gather(asked.get_column("begins")))
    text = pl.col("text")
    said = first.select(text.unique()).with_columns(
        titled=titles(text),
        other=pl.when(text.str.contains(_NOTE) | text.str.contains(_YEARS))
        .then(pl.lit("note", KINDS))
        .when(text.str.contains(UNIT))
        .then(pl.lit("unit", KINDS))
        .when(text.str.contains(_PAGE))
        .then(pl.lit("page", KINDS)),
    )
    title = (pl.col("size") == 1) & pl.col("titled")
    plain = (
        first.join(said.filter(pl.col("titled") | pl.col("other").is_not_null()), on="text", maintain_order="left")
        .select("line", plain=pl.when(title).then(pl.lit("title", KINDS)).otherwise("other"))
        .drop_nulls()
    )
    years = first.filter(text.str.contains(BARE_YEAR)).select("line")
    titled = plain.filter(pl.col("plain") == "title").select("line")
    below = titled.select(pl.col("line") + 1, plain=pl.lit("title", KINDS))
    several = _units_beside_others(titled, mute, tokens).join(plain, on="line", how="anti")
    more = [few for few in (years.join(below, on="line"), several) if few.height]
    return pl.concat([plain, *more]).unique("line", keep="first").sort("line") if more else plain


def _units_beside_others(titled: pl.DataFrame, mute: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the lines around titles that print the unit of money beside others' words (2023年度 | 单位：万元)."""
    near = titled.select(line=pl.concat_list(pl.col("line").cast(pl.Int64) + step for step in (-1, 1, 2, 3)))
    near = near.explode("line").filter(pl.col("line") >= 0).unique().cast({"line": mute.schema["line"]})
    near = near.sort("line").get_column("line")
    at = mute.get_column("line").search_sorted(near)  # few titles, many lines: these are looked up, not joined
    lines = mute[at.filter(at < mute.height).unique()]
    lines = lines.filter(pl.col("line").is_in(near.implode()), pl.col("size").is_between(2, 5))
    cells = lines.select("line", at=pl.int_ranges("begins", pl.col("begins") + pl.col("size"))).explode("at")
    units = cells.filter(tokens.get_column("text").gather(cells.get_column("at")).str.contains(UNIT))
    return units.select("line", plain=pl.lit("unit", KINDS)).unique()


def _said_again(mute: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Count the cells of a merged title, said again in each of them, as one."""
    line, length = pl.col("line"), pl.col("text").str.len_bytes()
    maybe = tokens.select((line == line.shift(1)) & (length == length.shift(1))).to_series().arg_true()
    texts = tokens.get_column("text")
    at = maybe.filter(texts.gather(maybe) == texts.gather(maybe - 1))
    if not len(at):
        return mute
    twins = tokens.select("line")[at].group_by("line").agg(twins=pl.len())
    return mute.join(twins, on="line", how="left", maintain_order="left").with_columns(
        size=pl.when(pl.col("twins") == pl.col("size") - 1).then(1).otherwise("size").cast(mute.schema["size"])
    )


_KIND_OF_FIRST: Final = {
    role: kind
    for kind, roles in {
        "level": LEVELS,
        "sum": ("sum",),
        "field": FIELDS,
        "money": MONEY,
        "goal": GOALS,
        "signature": ("signature",),
        "task": ("task",),
    }.items()
    for role in roles
}


@cache
def _kind() -> pl.Expr:
    table = (has("col_content") & has("col_value", "col_actual")) | (
        has("col_content", "col_value") & has("col_level1", "col_level2")
    )
    only_heads = (pl.col("unlabelled") == 0) & ((pl.col("roles") & ~pl.lit(bits(*HEADS, "goal_head"), pl.UInt64)) == 0)
    headings = (
        (pl.col("unlabelled") == 0)
        & has(*HEADS)
        & ((pl.col("roles") & ~pl.lit(bits(*HEADS, *TABLE_COLUMNS), pl.UInt64)) == 0)
    )
    paying = has("col_executed") & (
        has("col_initial", "col_adjusted", "col_rate") | (has("total") & (pl.col("unlabelled") == 0))
    )
    # 全年预算数 | 320 | 全年执行数 | 310: each label has its amount behind it, and heads no column.
    named = (pl.col("roles") & pl.lit(bits(*MONEY_COLUMNS), pl.UInt64)).bitwise_count_ones()
    answered = pl.col("unlabelled") >= named
    kinds = {kind: pl.lit(kind, KINDS) for kind in KINDS.categories}
    return (
        pl.when(pl.col("size") == 0)
        .then(kinds["blank"])
        .when((pl.col("roles") == bits("ruler")) & (pl.col("unlabelled") == 0))
        .then(kinds["ruler"])
        .when(only_heads)
        .then(kinds["head"])
        .when((pl.col("roles") == bits("col_score")) & (pl.col("size") == 2) & (pl.col("unlabelled") == 1))
        .then(kinds["sum"])
        .when((pl.col("roles") == bits("col_remark")) & (pl.col("size") == 2) & (pl.col("unlabelled") == 1))
        .then(kinds["note"])
        .when(table & has("project_name", "unit_or_project"))
        .then(kinds["list_columns"])
        .when(table)
        .then(kinds["columns"])
        .when(headings)
        .then(kinds["head"])
        .when(paying & answered)
        .then(kinds["money"])
        .when(paying)
        .then(kinds["money_columns"])
        .when(pl.col("plain").is_not_null())
        .then("plain")
        # 项目基本情况 | 项目年度目标 | 年度目标完成情况: a heading beside a row of goals' labels.
        .when((pl.col("unlabelled") == 0) & (pl.col("first") == "other_field") & has("goal") & has("goal_result"))
        .then(kinds["goal"])
        # 年度目标1 before the levels of each row says which goal the indicator is of.
        .when(pl.col("first").is_in(GOALS) & has(*LEVELS))
        .then(kinds["level"])
        .otherwise(renamed(pl.col("first"), _KIND_OF_FIRST, ROLES.categories, KINDS).fill_null(kinds["text"]))
    )


def _goal_below() -> pl.Expr:
    """Let 绩效目标 alone on its line be a goal's label where a text stands below it, and no table."""
    kind = pl.col("kind")
    alone = (kind == "head") & (pl.col("roles") == bits("goal_head")) & (pl.col("size") == 1)
    return pl.when(alone & (kind.shift(-1) == "text")).then(pl.lit("goal", KINDS)).otherwise(kind)
