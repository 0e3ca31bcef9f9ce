"""Texts with one cell a line → rows: where line ends no longer say where a row ends, the words do.

PDF text and some web pages come this way. Labels open rows; what stands behind a label belongs to it. Rows of indicator
tables are parted in `ingest.runs`. Where cell ends are marked (" |") blank cells count and rows have a fixed width.
"""

from typing import Final

import polars as pl

from ingest import fragments, runs
from ingest.cells import BLANKS, without_tags
from ingest.columns import PLACE
from ingest.looks import LEVEL_LIKE, TARGET
from ingest.structure import FIELDS, GOALS, HEADS, LEVELS, MONEY, MONEY_COLUMNS, PAGE, TABLE_COLUMNS, UNIT
from ingest.tokens import BARE_YEAR, titles, tokens

_COLUMNS: Final = (*TABLE_COLUMNS, *MONEY_COLUMNS)
_SENTENCE: Final = r"[。；;！!：:]\s*$"
_NUMBERED: Final = r"^\s*[\"“]?(?:\d{1,2}[.、．)）]|[(（]?[一二三四五六七八九十]+[)）、.]|[①-⑩]|目标\s*\d)"
_PARAGRAPH: Final = (
    r"^[^\d，。；]{2,20}[(（](?:亿|百万|万|千)?元[)）]$"
    r"|^[一二三四五六七八九十]{1,2}、[^:：]{2,12}[:：]|^[^。；;，,:：]{2,30}[:：]$"
)
"""What begins a row of its own in a form's head, known label or not."""
_AMOUNT: Final = r"^[¥￥]?-?\d[\d,.，]*$"
_UNKNOWN: Final = 6
"""Columns that no word names, beside each other, at most."""
_WEIGHT: Final = r"^\d{1,3}(?:\.\d)?[分%]?$"
_ANEW: Final = r"^\s*[\"“]?(?:1[.、．)）]|[(（]?一[)）、.]|①|目标\s*1\D)"
"""Where a numbering begins (again)."""


def rows(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lay the one-cell lines of `lines` out in rows.

    Args:
        lines: LINES with `line`, only documents of dialect "cell", in reading order.

    Returns:
        Tokens as `ingest.tokens.tokens` returns them, `line` being the line that the row begins on; and `line`,
        `leader`: to which row's first line each line's words went.
    """
    stream = _stream(lines)
    ruler = (pl.col("role") == "ruler") & (pl.col("text").str.len_chars() > 2)
    stream = stream.with_columns(page=pl.col("page") | ruler.fill_null(value=False))
    pages = stream.filter("page").select(
        "line", column_no=pl.lit(0, pl.UInt16), text="text", role="role", label="label"
    )
    stream = _begins(_ended_by_levels(_parts(stream.filter(~pl.col("page"), ~_is_note()))))
    stream = runs.part(_part_goals(stream))
    stream = stream.with_columns(row=pl.col("begins").cum_sum()).with_columns(leader=pl.col("line").first().over("row"))
    owners = pl.concat([stream.select("line", "leader"), pages.select("line", leader="line")]).unique(
        "line", keep="first"
    )
    spoken = lines.filter(pl.col("raw_text").str.strip_chars(BLANKS + "|") != "").select("line", "document_id")
    leaders = spoken.join(owners, on="line", how="left", maintain_order="left").with_columns(
        pl.col("leader").forward_fill().over("document_id")
    )
    laid = pl.concat([_lay_out(stream), pages]).sort("line", maintain_order=True)
    return laid, leaders.drop_nulls().select("line", "leader")


def _stream(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the cells in reading order with their roles: `line`, `text` ("": a marked blank cell), `role`, `label`,
    `document_id`, `marked` (the document marks its cells' ends), `page` (a page's number or a ruler, no cell)."""
    cells = _cells(lines)
    found = tokens(cells.filter(pl.col("text") != "")).drop("column_no")
    blanks = cells.filter(pl.col("text") == "").select("line", "text")
    stream = pl.concat([found, blanks], how="diagonal_relaxed").sort("line", maintain_order=True)
    raw = pl.col("raw_text").str.strip_chars(BLANKS)
    documents = lines.select("line", "document_id", marked=raw.str.ends_with("|"))
    stream = stream.join(documents, on="line", how="left", maintain_order="left").with_columns(
        marked=pl.col("marked").mean().over("document_id") > 0.5, page=pl.col("text").str.contains(PAGE)
    )
    return fragments.join_cells(stream)


def _cells(lines: pl.DataFrame) -> pl.DataFrame:
    """Split lines at marked cell ends and before a label that follows a number; marked blank cells stay, as ""."""
    raw = pl.col("raw_text").str.strip_chars(BLANKS)
    spaced = r"^([-\d,.]+)[ \u{3000}\u{a0}]+(\D\S*)$"
    parts = (
        pl.when(raw.str.contains(r"^\|.*\|$"))
        .then(raw.str.strip_prefix("|").str.strip_suffix("|").str.split("|"))
        .when(raw.str.ends_with("|"))
        .then(raw.str.strip_suffix("|").str.split("|"))
        .when(raw.str.contains(spaced))
        .then(pl.concat_list(raw.str.extract(spaced, 1), raw.str.extract(spaced, 2)))
        .otherwise(pl.concat_list(raw))
    )
    cells = (
        lines.select("line", text=parts, marked=raw.str.ends_with("|"))
        .explode("text")
        .select(
            "line", "marked", text=pl.col("text").fill_null("").str.strip_chars(BLANKS), column_no=pl.lit(0, pl.UInt16)
        )
    )
    return without_tags(cells, "text").filter((pl.col("text") != "") | pl.col("marked")).drop("marked")


def _is_note() -> pl.Expr:
    """Say whether a cell only remarks on the label before it: (2024年-2026年), (盖章)."""
    bracketed = pl.col("text").str.contains(r"^[(（][^()（）]*[)）]$") & pl.col("role").is_null()
    money = pl.col("text").str.contains(r"^[(（](?:万|百万|千|亿)?元[)）]$")
    return (bracketed & ~money & pl.col("role").shift(1).is_not_null() & ~titles(pl.col("text"))).fill_null(value=False)


def _parts(stream: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` (what a label is), `part` of the form (head, money_table, goal, table), `speaks` (a label here)."""
    role = pl.col("role")
    groups = {
        "field": FIELDS,
        "goal": GOALS,
        "head": HEADS,
        "column": _COLUMNS,
        "level": LEVELS,
        "money_head": ("money_head",),
        "money": (*MONEY, "sum"),
        "signature": ("signature",),
        "task": ("task",),
    }
    of = {name: kind for kind, names in groups.items() for name in reversed(names)} | {"money_head": "money_head"}
    new = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True)
    titled = role.is_null() & titles(pl.col("text"))
    stream = stream.with_columns(
        new=new,
        kind=pl.when(titled | (titled.shift(1) & pl.col("text").str.contains(BARE_YEAR)))
        .then(pl.lit("title"))
        .otherwise(role.cast(pl.String).replace_strict(of, default=None, return_dtype=pl.String)),
    )
    kind = pl.col("kind")
    opened = (
        pl.when((kind == "level") | ((kind == "column") & role.is_in(["col_content", "col_value"])))
        .then(pl.lit("table"))
        .when((kind == "column") & role.is_in(MONEY_COLUMNS))
        .then(pl.lit("money_table"))
        .when(new | kind.is_in(["title", "signature"]) | (role == "other_field") | (role == "project_name"))
        .then(pl.lit("head"))
        .when(kind == "goal")
        .then(pl.lit("goal"))
    )
    # Inside a table only levels, sums, headers and the form's end speak; other words are contents.
    stream = _unknown_columns(stream.with_columns(part=opened.forward_fill()))
    like = kind.is_null() & pl.col("text").str.contains(LEVEL_LIKE) & (pl.col("part") == "table")
    first = like & (kind.shift(-1) == "level") & (role.shift(-1) == "level2")
    stream = stream.with_columns(kind=pl.when(first.fill_null(value=False)).then(pl.lit("level")).otherwise(kind))
    # A label of a column alone (国家标准) is what somebody wrote into a row: a header has several beside each other.
    told = pl.when(pl.col("text") != "").then(kind.fill_null("text"))
    beside = told.shift(1).forward_fill().is_in(["column", "head"]) | told.shift(-1).backward_fill().is_in(["column"])
    lone = (kind == "column") & ~beside.fill_null(value=False)
    # 服务对象满意度 behind 服务对象满意度指标 is the content, where its target stands behind it.
    content = (role == "level2") & (role.shift(1) == "level2") & ~pl.col("text").str.contains("指标|目标")
    content = content & kind.shift(-1).is_null() & pl.col("text").shift(-1).str.contains(TARGET)
    other = ~kind.is_in(["column", "head", "level"]) & (role != "sum")
    silent = (pl.col("part") == "table") & (other | lone | content.fill_null(value=False))
    return stream.with_columns(speaks=kind.is_not_null() & ~silent.fill_null(value=False))


def _unknown_columns(stream: pl.DataFrame) -> pl.DataFrame:
    """Take short words between the labels of a header for further columns of it (优 良 中 差 between 指标值 and 权重)."""
    kind, text = pl.col("kind"), pl.col("text")
    said = text != ""
    plain = text.str.replace(r"^(?:19|20)\d{2}年度?", "")  # 2023年预计值
    word = said & kind.is_null() & (plain.str.len_chars() <= 8) & ~plain.str.contains(r"[\d%，。；]")
    word = (word & (pl.col("part") == "table")).fill_null(value=False)
    if not stream.select(word.any()).item():
        return stream
    # A run of such words, with labels of columns on both its sides.
    other = pl.when(said & ~word).then(kind.fill_null("text"))
    behind = other.forward_fill() == "column"
    places = behind & (other.backward_fill() == "level") & text.str.contains(PLACE)  # a column for each county
    # 一级指标 is the first of the next page's header: what stands before it is a row.
    ahead = pl.when(said & ~word).then(pl.col("role").cast(pl.String).fill_null("text")).backward_fill()
    columns = (other.backward_fill() == "column") & (ahead != "col_level1")
    between = (behind & columns & word) | (places & word)
    run = (said & ~word).cum_sum()
    few = word.sum().over(run) <= _UNKNOWN
    return stream.with_columns(
        kind=pl.when((between & few).fill_null(value=False)).then(pl.lit("column")).otherwise(kind)
    )


def _ended_by_levels(stream: pl.DataFrame) -> pl.DataFrame:
    """Give a content its end back that a line break made a level (巡查点位 / 数量): no level stands before a target."""
    text, same = pl.col("text"), pl.col("document_id") == pl.col("document_id").shift(1)
    word = pl.col("speaks") & (pl.col("kind") == "level") & ~text.str.contains("指标|目标")
    before = ~pl.col("speaks").shift(1) & ~text.shift(1).str.contains(TARGET) & (text.shift(1) != "")
    end = word & before & same & (pl.col("part") == "table") & text.shift(-1).str.contains(TARGET)
    end = (end & ~pl.col("marked") & ~pl.col("speaks").shift(-1)).fill_null(value=False)
    if not stream.select(end.any()).item():
        return stream
    stream = stream.with_columns(end=end)
    whole = pl.when(pl.col("end").shift(-1)).then(text + text.shift(-1)).otherwise(text)
    return stream.with_columns(text=whole).filter(~pl.col("end")).drop("end")


def _begins(stream: pl.DataFrame) -> pl.DataFrame:
    """Mark the cells that begin a row (`begins`): labels, but those that stand beside the label before them."""
    kind, role, said = pl.col("kind"), pl.col("role"), pl.col("text") != ""
    # A level that the lexicon does not know is one of level 1, before a level 2.
    unknown = pl.when(kind == "level").then(pl.lit("level1")).otherwise(pl.lit("text"))
    before = pl.when(said).then(pl.coalesce(role.cast(pl.String), unknown)).shift(1).forward_fill()
    kind_before = pl.when(said).then(kind.fill_null("text")).shift(1).forward_fill()
    column = (kind == "column") & kind_before.is_in(["column", "money_head"]) & role.ne_missing("col_level1")
    lower = (role == "source_level") & (before == "source")
    weight = said & role.is_null() & pl.col("text").str.contains(_WEIGHT) & before.is_in(["level1", "level1_or_2"])
    above = pl.when(weight.shift(1)).then(before.shift(1)).otherwise(before)  # a level's weight behind it
    second = role.is_in(["level2", "level2_plain", "level2_cost"]) & above.is_in(["level1", "level1_or_2"])
    again = (role == "level1_or_2") & (before == "level1_or_2") & (pl.col("text") == pl.col("text").shift(1))
    second = second | again | ((role == "level2_plain") & (before == "level2"))
    goal = (kind == "goal") & (kind_before == "goal")
    beside = (column | lower | second | goal).fill_null(value=False) & ~pl.col("new")
    # 二、资金规模：120万元 is a paragraph of its own, whatever it speaks of, and no more of the value before it.
    paragraph = (pl.col("part") == "head") & ~pl.col("speaks") & pl.col("text").str.contains(_PARAGRAPH)
    stream = stream.with_columns(opens=(pl.col("speaks") & ~beside) | paragraph.fill_null(value=False))
    # Texts below a row of labels are a row of their own.
    labels = (pl.col("speaks") & kind.is_in(["goal", "column"])).sum().over(pl.col("opens").cum_sum(), "document_id")
    last = pl.when(said).then(pl.col("speaks") & (labels > 1)).shift(1).forward_fill() & ~pl.col("new")
    below = (~pl.col("speaks") & said & last).fill_null(value=False)
    titled = (kind_before == "title") | pl.col("text").str.contains(UNIT)
    return stream.with_columns(begins=pl.col("opens") | below | titled | pl.col("new"), below=below).drop("opens")


def _part_goals(stream: pl.DataFrame) -> pl.DataFrame:
    """Part the text below two goals' labels where it says so itself: by quotes, a numbering that begins anew, two
    sentences, or because there are just two lines. Where nothing tells, each line is a row, which nobody can assign.

    Adds `piece`: the number of the goal that a text belongs to, in its row.
    """
    text, row = pl.col("text"), pl.col("begins").cum_sum()
    goal = ~pl.col("speaks") & (pl.col("part") == "goal") & ~pl.col("marked")
    named = pl.when(pl.col("speaks") & (pl.col("role") != "goal_head")).then("role")
    # 总体目标 above 实施期目标 and 年度目标 heads them.
    told = named.drop_nulls().n_unique().over(row)
    over = (named == "goal_or_project").any().over(row) & (told > 2)
    # 绩效目标 beside 完成情况 is itself the label of a goal.
    head = (pl.col("speaks") & (pl.col("role") == "goal_head")).any().over(row)
    itself = head & (told == 1) & (named == "goal_result").any().over(row)
    labels = (told - over.cast(pl.UInt32) + itself.cast(pl.UInt32)).shift(1)
    stream = stream.with_columns(
        row=row,
        goal=goal,
        waiting=pl.when(goal & pl.col("below")).then(labels).forward_fill(),
        nth=pl.col("line").cum_count().over(row) - 1,
    )
    plain = goal & (pl.col("waiting") == 2) & pl.col("below").any().over("row")
    marks = text.str.count_matches('["“”]').sum().over("row")
    anew = (text.str.contains(_ANEW) & (pl.col("nth") > 0)).cast(pl.UInt32)
    ended = (text.str.contains(r"[。！!]\s*$").shift(1) & (pl.col("nth") > 0)).fill_null(value=False).cast(pl.UInt32)
    quoted = text.str.count_matches('"').cum_sum().over("row") - text.str.count_matches('"')
    lines = pl.len().over("row")
    piece = (
        pl.when((marks > 0) & (text.str.count_matches('"').sum().over("row") == 4))
        .then(quoted // 2)
        .when(~plain | (lines == 1))
        .then(0)
        .when(lines == 2)
        .then("nth")
        .when(anew.sum().over("row") == 1)
        .then(anew.cum_sum().over("row"))
        .when((ended.sum().over("row") == 1) & text.last().str.contains(r"[。！!]\s*$").over("row"))
        .then(ended.cum_sum().over("row"))
        .otherwise(None)
    )
    stream = stream.with_columns(piece=piece.cast(pl.Int32))
    return stream.with_columns(
        begins=pl.col("begins") | pl.col("piece").is_null(), piece=pl.col("piece").fill_null(0)
    ).drop("row", "goal", "waiting", "nth", "below")


def _lay_out(stream: pl.DataFrame) -> pl.DataFrame:
    """Number the rows' cells; join what line breaks have cut: values of fields, goals, contents (`wraps`)."""
    text, row = pl.col("text"), pl.col("row")
    prose = ~pl.col("speaks") & pl.col("part").is_in(["head", "goal"]) & ~pl.col("marked")
    # A merged cell that was said again in each of its places is one.
    twin = prose & (text == text.shift(1)) & (row == row.shift(1)) & ~pl.col("speaks").shift(1)
    twin = twin & ~text.str.contains(_AMOUNT)
    stream = stream.filter(~twin.fill_null(value=False)).with_columns(prose=prose)
    together = (
        (row == row.shift(1))
        & ~pl.col("speaks")
        & ~pl.col("speaks").shift(1)
        & ~((pl.col("part") == "head") & text.shift(1).str.contains(_AMOUNT))
        & (
            (pl.col("prose") & pl.col("prose").shift(1) & (pl.col("piece") == pl.col("piece").shift(1)))
            | pl.col("wraps").shift(1)
        )
    )
    stream = stream.with_columns(cell=(~together.fill_null(value=False)).cum_sum())
    # A new line of the text, or only of the page?
    breaks = text.shift(1).str.contains(_SENTENCE) | text.str.contains(_NUMBERED)
    gap = (
        pl.when(pl.col("cell") == pl.col("cell").shift(1))
        .then(pl.when(breaks & pl.col("prose")).then(pl.lit("\n")).otherwise(pl.lit("")))
        .otherwise(pl.lit(""))
    )
    return (
        stream.with_columns(text=gap + text)
        .group_by("cell", maintain_order=True)
        .agg(pl.col("leader", "row", "role", "label").first(), text.str.join(""))
        .with_columns(column_no=pl.int_range(pl.len(), dtype=pl.UInt16).over("row"))
        .with_columns(text.str.strip_chars('"' + BLANKS))
        .filter(text != "")
        .select(pl.col("leader").alias("line"), "column_no", "text", "role", "label")
    )
