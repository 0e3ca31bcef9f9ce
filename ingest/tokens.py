"""Cells → tokens: every cell with the role that the lexicon gives its words. Each distinct text is looked up once."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.cells import BLANKS

ROLES: Final = pl.Enum([*lexicon.labels().get_column("role").unique(maintain_order=True), "title", "ruler"])
"""What a labelled cell is; NULL for all other text."""

LONGEST_LABEL: Final = 75
"""Bytes: 25 Chinese characters. Longer texts are no labels, notes in brackets and blanks included."""

_TO_NORMALISE: Final = (
    r"[\s*★☆※▲●◆■□☑✓:：\"“”'‘’|()（）\[\]【】〔〕、.．,，。;；①-⑩\d一二三四五六七八九十其—-]"
    r"|[\x{200b}\x{feff}\x{ff00}-\x{ffef}\x{2e80}-\x{2fdf}\x{f900}-\x{faff}]"
)
"""What normalising takes away or rewrites; a text without any of it is a label as it stands, or none."""
_COLON: Final = "[:：]"
_AMOUNT: Final = r"^[¥￥]?[\d,，.]+\s*(?:亿|百万|万|千)?元?$"
_LABEL_AND_VALUE: Final = r"^((?:其中[:：])?[^:：\n]{1,30})[:：]([\s\S]+)$"
_RULER: Final = r"^[\s\-_=—–|+:]+$"
_TITLE: Final = (
    r"^[^。；;，]{0,90}(?:绩效[^。；;，,:：]{0,14}|项目[^。；;，,:：]{0,8}(?:申报|申请|自评|评价|目标))表"
    r"[\s]*(?:[(（\[][^()（）]{0,30}[)）\]])?$"
    r"|^#*(?:19|20)\d{2}年[^。；;，,:：]{2,40}绩效(?:目标|自评|评价)(?:情况)?(?:公开|公示)?$"
)
_SUBTITLE: Final = r"^[(（]?(?:(?:19|20)\d{2}年?度?|年度)[)）]?$"
_ONLY: Final = (
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
    "total",
    "total_or_whole",
    "whole_total",
    "source",
    "source_level",
    "goal",
    "goal_or_project",
    "goal_project",
    "goal_result",
    "sum",
    "signature",
)
"""Roles whose value may stand in the label's own cell, behind a colon (项目名称：…)."""


def tokens(cells: pl.DataFrame) -> pl.DataFrame:
    """Give each cell its role.

    Args:
        cells: CELLS.

    Returns:
        `line`, `column_no`, `text`, `role` (ROLES or NULL), `label` (the lexicon's, NULL without one); sorted by line and
        column. A cell that holds label and value ("项目名称：…") becomes two tokens of one column.
    """
    cells = _part_labels_from_values(cells).with_columns(key=pl.col("text").hash())
    found = cells.join(_known(cells), on="key", how="left", maintain_order="left")
    # Two texts may share a hash: only the text that was looked up is the label.
    twin = found.get_column("printed").is_not_null() & (found.get_column("printed") != found.get_column("text"))
    if twin.any():
        found = found.with_columns(pl.when(~twin).then(pl.col(name)) for name in ("role", "label"))
    return found.drop("key", "printed")


def _known(cells: pl.DataFrame) -> pl.DataFrame:
    """Return each distinct text that is a label, by its hash: `key`, `printed`, `role`, `label`."""
    text = pl.col("text")
    short = (
        cells.lazy()
        .select("key", "text")
        .filter(text.str.len_bytes() <= LONGEST_LABEL)
        .unique("key", keep="any")
        .collect(engine="in-memory")
    )
    # Most labels stand as the lexicon has them; all others hold something that normalising takes away.
    plain = short.join(lexicon.labels().with_columns(key=pl.col("word").hash()), on="key").filter(
        text == pl.col("word")
    )
    ends = short.filter(~text.str.tail(1).str.contains(lexicon.never_last()))
    head = text.str.slice(0, 2)
    odd = (
        ends.filter(head.is_in(lexicon.heads().implode()) | head.str.contains(_TO_NORMALISE))
        .filter(text.str.contains(_TO_NORMALISE), text.str.contains(r"\p{Han}"))
        .join(plain, on="key", how="anti")
    )
    odd = odd.with_columns(word=lexicon.normalise(text)).join(lexicon.labels(), on="word")
    rulers = ends.filter(text.str.contains(_RULER)).select(
        "key", "text", role=pl.lit("ruler"), label=pl.lit(None, pl.UInt16)
    )
    known = ["key", "text", "role", "label"]
    return pl.concat([plain.select(known), odd.select(known), rulers]).rename({"text": "printed"}).cast({"role": ROLES})


def spelled(tokens: pl.DataFrame) -> pl.DataFrame:
    """Add `word` and `means` of each token's label, as the lexicon has them."""
    return tokens.with_columns(lexicon.labels().select("word", "means")[tokens.get_column("label")])


_EITHER: Final = {"total_or_whole": ("total", "whole_total"), "goal_or_project": ("goal", "goal_project")}
"""Labels whose meaning hangs on the company they keep: what they are alone, and what beside the first of the two."""


def decided(tokens: pl.DataFrame) -> pl.DataFrame:
    """Say of 总金额 and 项目总体目标 whether they are the year's or the whole project's: the form's other labels decide."""
    role, line = pl.col("role"), pl.col("line")
    if not tokens.get_column("role").is_in(list(_EITHER)).any():
        return tokens
    # A label that heads others (总体目标 above 年度目标) has no meaning of its own.
    heads = lexicon.labels().filter(means="said").get_column("label").implode()
    spoken = ((line.shift(-1) == line) & role.shift(-1).is_null()) | ~pl.col("label").is_in(heads)
    for either, (alone, beside) in _EITHER.items():
        annual = tokens.filter(role == alone).get_column("form").unique().implode()
        meant = (
            pl.when(pl.col("form").is_in(annual) & spoken).then(pl.lit(beside, ROLES)).otherwise(pl.lit(alone, ROLES))
        )
        tokens = tokens.with_columns(role=pl.when(role == either).then(meant).otherwise(role))
    return tokens


def titles(texts: pl.Expr) -> pl.Expr:
    """Say whether a text is a form's title (…绩效目标申报表) or the line of the year below it (（2026年度）)."""
    squeezed = texts.str.replace_all(r"[\s]+", "")
    return (squeezed.str.contains(_TITLE) | squeezed.str.contains(_SUBTITLE)) & (texts.str.len_bytes() <= 400)


def _in_a_goal(cells: pl.DataFrame, at: pl.Series) -> pl.Series:
    """Say of cells whether they stand behind the label of a goal: what reads like a label there is the goal's text."""
    before = at.cast(pl.Int64) - 1
    told = cells.select("line", "text")[before.clip(lower_bound=0)]
    goal = lexicon.labels().filter(pl.col("role").is_in(["goal", "goal_or_project", "goal_project"])).get_column("word")
    short = pl.when(pl.col("text").str.len_bytes() <= LONGEST_LABEL).then("text")
    said = told.select(lexicon.normalise(short).is_in(goal.implode()).fill_null(value=False)).to_series()
    return said & (told.get_column("line") == cells.get_column("line")[at]) & (before >= 0)


_NEXT_FIELD: Final = r"[\s\u{3000}]+([^\s:：]{2,14})[:：]\s*"


def _several_fields(found: pl.DataFrame) -> pl.DataFrame:
    """Part a value that goes on with other labels and their values (… 项目编码：…): `text`, `parts`.

    Only where all of these labels are known; else the value is one text.
    """
    value = pl.col("value")
    whole = pl.concat_list("label", "value")
    several = found.filter(value.str.contains(_NEXT_FIELD))
    if not several.height:
        return found.select("text", parts=whole)
    pieces = several.select(
        "text",
        piece=(pl.col("label") + pl.lit("\x02") + value.str.replace_all(_NEXT_FIELD, "\x01${1}\x02")).str.split("\x01"),
    ).explode("piece")
    halves = pieces.select("text", parts=pl.col("piece").str.split("\x02"))
    words = halves.select("text", word=lexicon.normalise(pl.col("parts").list.first()))
    known = words.join(lexicon.labels().filter(pl.col("role").is_in(_ONLY)), on="word", how="anti")
    parted = halves.explode("parts").filter(pl.col("parts") != "").group_by("text", maintain_order=True).agg("parts")
    parted = parted.join(known, on="text", how="anti")
    return pl.concat([found.join(parted, on="text", how="anti").select("text", parts=whole), parted])


def _headed() -> pl.Expr:
    """Say whether a label that heads others elsewhere has its value behind its colon (预算资金：1200万元, 绩效目标：…)."""
    role = pl.col("role")
    amount = (role == "money_head") & pl.col("value").str.contains(_AMOUNT)
    return amount | ((role == "goal_head") & pl.col("word").str.contains("目标", literal=True))


def _part_labels_from_values(cells: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    at = cells.get_column("text").str.contains(_COLON).arg_true()
    if not len(at):
        return cells
    behind = cells.select("line", "text")[(at + 1).clip(upper_bound=cells.height - 1)]
    # A value behind the cell means that the cell is one text (项目名称：变更次数 | ≤1次), no label with its value.
    valued = (
        (pl.col("line") == pl.col("line_behind"))
        & ~pl.col("text_behind").str.contains(_COLON)
        & (pl.col("text_behind").str.len_bytes() <= 45)
        & (pl.col("at") < cells.height - 1)
    )
    joined = (
        cells.select("line", "text", at=pl.int_range(pl.len(), dtype=pl.UInt32))[at]
        .hstack(behind.rename(lambda name: f"{name}_behind"))
        .filter(text.str.contains(r"^[^:：\n]{2,24}[:：]\s*[^\s:：]"), ~valued, ~_in_a_goal(cells, at))
    )
    if not joined.height:
        return cells
    found = (
        joined.select(text.unique())
        .with_columns(
            label=text.str.extract(_LABEL_AND_VALUE, 1),
            value=text.str.extract(_LABEL_AND_VALUE, 2).str.strip_chars(BLANKS),
        )
        .with_columns(word=lexicon.normalise(pl.col("label")))
        .join(lexicon.labels(), on="word")
        .filter(pl.col("value") != "", pl.col("role").is_in(_ONLY) | _headed())
        .select("text", "label", "value", "role")
    )
    if not found.height:
        return cells
    found = _several_fields(found)
    return (
        cells.join(found, on="text", how="left", maintain_order="left")
        .with_columns(parts=pl.col("parts").fill_null(pl.concat_list("text")))
        .drop("text")
        .explode("parts")
        .rename({"parts": "text"})
        .select("line", "column_no", "text")
    )
