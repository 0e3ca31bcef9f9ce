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
_TOLD: Final = r"^(?:(?:其中[:：]?)?\p{Han}{2,20}[:：为]?\s*)?\d[\d,，.]*\s*(?:亿|百万|万|千)?元"
"""Amounts told in words (财政拨款1500万元，自筹300万元)."""
_LABEL_AND_AMOUNT: Final = r"^[^:：\n]{2,24}[:：]\s*[¥￥]?\d[\d,，.]*\s*(?:亿|百万|万|千)?元?$"
_LABEL: Final = r"^((?:其中[:：])?[^:：\n]{1,30})[:：]"
_RULER: Final = r"^[\s\-_=—–|+:]+$"
_TITLE: Final = (
    r"^[^。；;，]{0,90}(?:绩效[^。；;，,:：]{0,14}|项目[^。；;，,:：]{0,8}(?:申报|申请|自评|评价|目标))表"
    r"(?:之?(?:\d{1,3}(?:[-—]\d{1,2})?|[一二三四五六七八九十]{1,3}))?(?:[(（\[][^()（）]{0,30}[)）\]])?$"
    r"|^(?:19|20)\d{2}年[^。；;，,:：]{2,40}绩效(?:目标|自评|评价)(?:情况)?(?:公开|公示)?$"
)
_SUBTITLE: Final = r"^[(（]?(?:19|20)\d{2}年度?[)）]?$|^[(（](?:19|20)\d{2}[)）]$|^[(（]?年度[)）]?$"
BARE_YEAR: Final = r"^\s*(?:19|20)\d{2}\s*$"
"""A year below a title; elsewhere a number."""
YEAR_ALONE: Final = r"^[(（]?\s*(?:19|20)\d{2}\s*年\s*度?\s*[)）]?$"
_WHO: Final = ("unit", "reporting_unit", "department", "local_department")
"""Fields behind which the line below a title prints the form's year (填报单位：… | 2023年度 | 单位：元)."""
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
    "spending",
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
    number, others = _looked_up(cells)
    parted = _part_labels_from_values(cells, others)
    if parted is not cells:
        cells = parted
        number, others = _looked_up(cells)
    odd = _odd(others)
    number = number.scatter(odd.get_column("at"), odd.get_column("number"))
    words = lexicon.labels()
    # Behind the words' roles comes that of a ruler, which has no word.
    roles = pl.concat([words.get_column("role").cast(ROLES), pl.Series(["ruler"], dtype=ROLES)])
    return cells.with_columns(roles[number].alias("role"), label=pl.when(number < words.height).then(number))


def _looked_up(cells: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """Return the labels that stand as the lexicon has them, NULL for other cells; and these: `at` (row), `text`."""
    text = cells.get_column("text")
    number = text.cast(lexicon.words(), strict=False).to_physical()  # NULL: none of these words
    at = number.is_null().arg_true()
    return number, pl.DataFrame({"at": at, "text": text.gather(at)})


def _odd(others: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that are labels as they stand on no account, but once they are normalised, and rulers.

    Args:
        others: `at` and `text` of cells that are no labels as they stand; labels among them hold something that
            normalising takes away.

    Returns:
        `at`, `number` (the label; behind the last one: a ruler).
    """
    text = pl.col("text")
    ends = others.filter(text.str.len_bytes() <= LONGEST_LABEL, ~text.str.contains(f"{lexicon.never_last()}$"))
    distinct, head = ends.select(text.unique()), text.str.slice(0, 2)
    odd = (
        distinct.filter(text.str.contains(_TO_NORMALISE))
        .filter(head.is_in(lexicon.heads().implode()) | head.str.contains(_TO_NORMALISE))
        .filter(text.str.contains(r"\p{Han}"))
    )
    labels = odd.with_columns(word=lexicon.normalise(text)).join(lexicon.labels(), on="word")
    rulers = distinct.filter(text.str.contains(_RULER)).select("text", label=pl.lit(lexicon.labels().height, pl.UInt16))
    known = pl.concat([labels.select("text", "label"), rulers])
    return (
        ends.filter(text.is_in(known.get_column("text").implode())).join(known, on="text").select("at", number="label")
    )


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
    headed = (line.shift(1) == line) & (role.shift(1) == "goal_head") & (line.shift(-1) == line)
    spoken = ((line.shift(-1) == line) & role.shift(-1).is_null()) | ~pl.col("label").is_in(heads)
    spoken = spoken | (headed & (role.shift(-1) == "goal")).fill_null(value=False)  # 绩效目标 heads them already
    for either, (alone, beside) in _EITHER.items():
        annual = tokens.filter(role == alone).get_column("form").unique().implode()
        meant = (
            pl.when(pl.col("form").is_in(annual) & spoken).then(pl.lit(beside, ROLES)).otherwise(pl.lit(alone, ROLES))
        )
        tokens = tokens.with_columns(role=pl.when(role == either).then(meant).otherwise(role))
    return tokens


def titles(texts: pl.Expr) -> pl.Expr:
    """Say whether a text is a form's title (…绩效目标申报表) or the line of the year below it (（2026年度）)."""
    squeezed = texts.str.replace_all(r"[\s*#_]+", "")  # the marks of markdown as well
    return (squeezed.str.contains(_TITLE) | squeezed.str.contains(_SUBTITLE)) & (texts.str.len_bytes() <= 400)


def _in_a_goal(cells: pl.DataFrame, at: pl.Series) -> pl.Series:
    """Say of cells whether they stand behind the label of a goal: what reads like a label there is the goal's text."""
    before = at.cast(pl.Int64) - 1
    told = cells.select("line", "text")[before.clip(lower_bound=0)]
    goal = lexicon.labels().filter(pl.col("role").is_in(["goal", "goal_or_project", "goal_project"])).get_column("word")
    short = pl.when(pl.col("text").str.len_bytes() <= LONGEST_LABEL).then("text")
    said = told.select(lexicon.normalise(short).is_in(goal.implode()).fill_null(value=False)).to_series()
    return said & (told.get_column("line") == cells.get_column("line")[at]) & (before >= 0)


def _labelled(parted: pl.DataFrame) -> pl.DataFrame:
    """Add `word`, `role` and the rest of the lexicon where `label` is known to it; leave out the other rows."""
    words = parted.select(pl.col("label").unique()).with_columns(word=lexicon.normalise(pl.col("label")))
    known = words.join(lexicon.labels().rename({"label": "number"}), on="word")
    return parted.join(known, on="label")


_NEXT_FIELD: Final = r"[\s\u{3000}]+([^\s:：]{2,14})[:：]\s*"
_NEXT_YEAR: Final = r"[\s\u{3000}]+((?:19|20)\d{2}年度?)(\x01|[\s\u{3000}]|$)"


def _several_fields(found: pl.DataFrame) -> pl.DataFrame:
    """Part a value that goes on with other labels and their values (… 项目编码：…): `text`, `parts`.

    Only where all of these labels are known; else the value is one text.
    """
    value = pl.col("value")
    whole = pl.concat_list("label", "value")
    dated = pl.col("role").is_in(_WHO) & value.str.contains(_NEXT_YEAR)
    several = found.filter(value.str.contains(_NEXT_FIELD) | dated)
    if not several.height:
        return found.select("text", parts=whole)
    parted = value.str.replace_all(_NEXT_FIELD, "\x01${1}\x02")
    parted = (
        pl.when(pl.col("role").is_in(_WHO))
        .then(parted.str.replace(_NEXT_YEAR, "\x01年度\x02${1}${2}"))
        .otherwise(parted)
    )
    pieces = several.select("text", piece=(pl.col("label") + pl.lit("\x02") + parted).str.split("\x01")).explode(
        "piece"
    )
    halves = pieces.select("text", parts=pl.col("piece").str.split("\x02"))
    label, answer = pl.col("parts").list.first(), pl.col("parts").list.last()
    money = label.str.ends_with("单位") & answer.str.contains(r"^(?:亿|百万|万|千)?元$")
    unit = halves.select(money).to_series()
    whole_unit = pl.concat_list(pl.concat_str(label, pl.lit("："), answer))
    halves = halves.with_columns(parts=pl.when(money).then(whole_unit).otherwise("parts"))
    words = halves.filter(~unit).select("text", word=lexicon.normalise(pl.col("parts").list.first()))
    known = words.join(lexicon.labels().filter(pl.col("role").is_in(_ONLY)), on="word", how="anti")
    parted = halves.explode("parts").filter(pl.col("parts") != "").group_by("text", maintain_order=True).agg("parts")
    parted = parted.join(known, on="text", how="anti")
    return pl.concat([found.join(parted, on="text", how="anti").select("text", parts=whole), parted])


def _headed() -> pl.Expr:
    """Say whether a label that heads others elsewhere has its value behind its colon (预算资金：1200万元, 绩效目标：…)."""
    role = pl.col("role")
    amount = (role == "money_head") & pl.col("value").str.contains(f"{_AMOUNT}|{_TOLD}")
    return amount | ((role == "goal_head") & pl.col("word").str.contains("目标", literal=True))


def _with_values(texts: pl.Series) -> pl.DataFrame:
    """Return which of distinct texts are a known label and its value: `text`, `label` and `value` as printed, `role`."""
    text = pl.col("text")
    return (
        texts.to_frame("text")
        .filter(text.str.contains(r"^[^:：\n]{2,24}[:：]\s*[^\s:：]"))
        .with_columns(label=text.str.extract(rf"{_LABEL}[\s\S]", 1))
        .pipe(_labelled)
        .with_columns(value=text.str.extract(rf"{_LABEL}([\s\S]+)$", 2).str.strip_chars(BLANKS))
        .filter(pl.col("value") != "", pl.col("role").is_in(_ONLY) | _headed())
        .select("text", "label", "value", "role")
    )


def _with_labels_of_years(cells: pl.DataFrame, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let the bare years behind the cells `before` (rows `at`) say what they are, and return how they part from it."""
    at = before.get_column("at") + 1
    texts = cells.get_column("text")
    told = pl.select(pl.lit("年度：") + texts.gather(at).alias("text")).to_series().alias("text")
    parts = pl.DataFrame({"text": told, "year": texts.gather(at)}).unique("text")
    parts = parts.select("text", parts=pl.concat_list(pl.lit("年度"), "year"))
    return cells.with_columns(texts.scatter(at, told)), parts


def _part_labels_from_values(cells: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Part cells that hold a label and its value; `others`: `at` and `text` of those that are no labels as they stand."""
    maybe = others.filter(pl.col("text").str.contains(_COLON))
    found = _with_values(maybe.get_column("text").unique())
    if not found.height:
        return cells
    at = maybe.filter(pl.col("text").is_in(found.get_column("text").implode())).get_column("at")
    behind = cells.select("line", "text")[(at + 1).clip(upper_bound=cells.height - 1)]
    # A value behind the cell means that the cell is one text (项目名称：变更次数 | ≤1次), no label with its value.
    valued = (
        (pl.col("line") == pl.col("line_behind"))
        & ~pl.col("text_behind").str.contains(_COLON)
        & (pl.col("text_behind").str.len_bytes() <= 45)
        & (pl.col("at") < cells.height - 1)
        & ~pl.col("text").str.contains(_LABEL_AND_AMOUNT)
    )
    who = found.filter(pl.col("role").is_in(_WHO)).get_column("text")
    dated = (pl.col("line") == pl.col("line_behind")) & pl.col("text").is_in(who.implode())
    dated = dated & pl.col("text_behind").str.contains(YEAR_ALONE)
    joined = (
        cells.select("line", "text", at=pl.int_range(pl.len(), dtype=pl.UInt32))[at]
        .hstack(behind.rename(lambda name: f"{name}_behind"))
        .with_columns(dated=dated)
        .filter(~valued | pl.col("dated"))
    )
    told = joined.filter(~_in_a_goal(cells, joined.get_column("at")))
    found = found.join(told, on="text", how="semi")
    if not found.height:
        return cells
    found = _several_fields(found)
    cells, years = _with_labels_of_years(cells, told.filter("dated"))
    found = pl.concat([found, years.join(found, on="text", how="anti")])
    return (
        cells.join(found, on="text", how="left", maintain_order="left")
        .with_columns(parts=pl.col("parts").fill_null(pl.concat_list("text")))
        .drop("text")
        .explode("parts")
        .rename({"parts": "text"})
        .select("line", "column_no", "text")
    )
