"""Texts with one cell a line → rows: where line ends no longer say where a row ends, the words do.

PDF text and some web pages come this way. Labels open rows; what stands behind a label belongs to it; in the indicator
table a row ends with its target. Where cell ends are marked (" |") blank cells count and rows have a fixed width.
"""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.cells import BLANKS, without_tags
from ingest.structure import FIELDS, GOALS, HEADS, LEVELS, MONEY, MONEY_COLUMNS, TABLE_COLUMNS
from ingest.tokens import ROLES, titles, tokens

_COLUMNS: Final = (*TABLE_COLUMNS, *MONEY_COLUMNS)
_TARGET: Final = (
    r"^\s*(?:[≥≤＞＜><=＝≧≦]|不低于|不少于|不超过|不高于|大于|小于)|^\s*[\d０-９][\d０-９,.，]*\s*\S{0,4}$"
    r"|^(?:优|良|中|差|好|较好|良好|优秀|合格|达标|完成|是|否|提高|提升|降低|减少|增加|增强|改善|完善|保障|合理|有效|显著|明显|长期|持续|稳定|"
    r"有所提高|有所提升|不断提高|逐步提高|明显提高|显著提高|有效提升|有效提高|明显改善|持续改善|零|无|及时)$|月底?前|日前|年底前?"
)
"""What ends a row of two columns: an operator, a number with a short unit, a grade, a date."""
_SENTENCE: Final = r"[。；;！!：:]\s*$"
_NUMBERED: Final = r"^\s*[\"“]?(?:\d{1,2}[.、．)）]|[(（]?[一二三四五六七八九十]+[)）、.]|[①-⑩])"


def rows(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lay the one-cell lines of `lines` out in rows.

    Args:
        lines: LINES with `line`, only documents of dialect "cell", in reading order.

    Returns:
        Tokens as `ingest.tokens.tokens` returns them, `line` being the line that the row begins on; and `line`, `leader`:
        which row's first line each line's words went to.
    """
    cells = _cells(lines)
    found = tokens(cells.filter(pl.col("text") != "")).drop("column_no")
    blanks = cells.filter(pl.col("text") == "").select("line", "text")
    stream = pl.concat([found, blanks], how="diagonal_relaxed").sort("line", maintain_order=True)
    documents = lines.select(
        "line", "document_id", marked=pl.col("raw_text").str.strip_chars(BLANKS).str.ends_with("|")
    )
    stream = stream.join(documents, on="line", how="left", maintain_order="left").with_columns(
        marked=pl.col("marked").mean().over("document_id") > 0.5
    )
    stream = _rejoin_labels(stream).filter(~_is_note())
    stream = _breaks(stream)
    stream = _split_table(stream)
    laid, leaders = _lay_out(stream)
    spoken = lines.filter(pl.col("raw_text").str.strip_chars(BLANKS + "|") != "").select("line", "document_id")
    leaders = spoken.join(leaders, on="line", how="left", maintain_order="left").with_columns(
        pl.col("leader").forward_fill().over("document_id")
    )
    return laid, leaders.drop_nulls().select("line", "leader")


def _is_note() -> pl.Expr:
    """Say whether a cell only remarks on the label before it: (2024年-2026年), (盖章)."""
    bracketed = pl.col("text").str.contains(r"^[(（][^()（）]*[)）]$") & pl.col("role").is_null()
    return (bracketed & pl.col("role").shift(1).is_not_null() & ~titles(pl.col("text"))).fill_null(value=False)


def _cells(lines: pl.DataFrame) -> pl.DataFrame:
    """Split lines at marked cell ends and before a label that follows a number; marked blank cells stay, as ""."""
    raw = pl.col("raw_text").str.strip_chars(BLANKS)
    spaced = r"^([-\d,.]+)[ \u{3000}\u{a0}]+(\D\S*)$"
    parts = (
        pl.when(raw.str.ends_with("|"))
        .then(raw.str.strip_suffix("|").str.split("|"))
        .when(raw.str.contains(spaced))
        .then(pl.concat_list(raw.str.extract(spaced, 1), raw.str.extract(spaced, 2)))
        .otherwise(pl.concat_list(raw))
    )
    marked = raw.str.ends_with("|")
    cells = (
        lines.select("line", text=parts, marked=marked)
        .explode("text")
        .with_columns(pl.col("text").fill_null("").str.strip_chars(BLANKS))
        .filter((pl.col("text") != "") | pl.col("marked"))
    )
    text = cells.filter(pl.col("text") != "").select("line", column_no=pl.lit(0, pl.UInt16), text="text")
    blank = cells.filter(pl.col("text") == "").select("line", column_no=pl.lit(0, pl.UInt16), text="text")
    return pl.concat([without_tags(text, "text").filter(pl.col("text") != ""), blank]).sort("line", maintain_order=True)


def _rejoin_labels(stream: pl.DataFrame) -> pl.DataFrame:
    """Put labels together that line breaks have cut (服务对象满意度 + 指标): the longest that the lexicon knows."""
    text = pl.col("text")
    stream = stream.with_columns(
        at=pl.int_range(pl.len(), dtype=pl.Int32),
        taken=pl.lit(value=False),
        short=(text.str.len_chars() <= 14) & (text != "") & ~text.str.contains(r"\d"),
        opens=~text.str.contains(r"^[(（\[]"),
    )
    for length in (4, 3, 2):
        same = pl.all_horizontal(
            [
                (pl.col("document_id").shift(-k) == pl.col("document_id"))
                & pl.col("short").shift(-k)
                & ~pl.col("taken").shift(-k)
                for k in range(1, length)
            ]
            + [pl.col("short"), pl.col("opens"), ~pl.col("taken")]
        )
        joined = stream.select(
            "at", together=pl.when(same).then(pl.concat_str(text.shift(-k) for k in range(length)))
        ).drop_nulls()
        words = (
            joined.select(pl.col("together").unique())
            .with_columns(word=lexicon.normalise(pl.col("together")))
            .join(lexicon.labels(), on="word")
            .filter(pl.col("word").str.len_chars() > 2)
        )
        hits = joined.join(words, on="together", maintain_order="left").filter(
            (pl.col("at") - pl.col("at").shift(1)).fill_null(length) >= length
        )
        if not hits.height:
            continue
        pieces = (
            hits.select("at", n=pl.int_ranges(0, length))
            .explode("n")
            .select(at=(pl.col("at") + pl.col("n")).cast(pl.Int32), n="n")
        )
        stream = stream.join(
            hits.select("at", "together", new_role=pl.col("role").cast(ROLES), new_label="label"),
            on="at",
            how="left",
            maintain_order="left",
        ).join(pieces, on="at", how="left", maintain_order="left")
        stream = (
            stream.filter((pl.col("n").is_null()) | (pl.col("n") == 0))
            .with_columns(
                text=pl.coalesce("together", "text"),
                role=pl.coalesce("new_role", "role"),
                label=pl.coalesce("new_label", "label"),
                taken=pl.col("taken") | pl.col("together").is_not_null(),
            )
            .drop("together", "new_role", "new_label", "n")
            .with_columns(at=pl.int_range(pl.len(), dtype=pl.Int32))
        )
    return stream.drop("at", "taken", "short", "opens")


def _breaks(stream: pl.DataFrame) -> pl.DataFrame:
    """Mark where rows begin (`begins`), by labels alone, and which part of a form each cell is in (`part`)."""
    role = pl.col("role")
    new = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True)
    before = role.shift(1)
    title = role.is_null() & titles(pl.col("text")) & (pl.col("text") != "")
    kind = (
        pl.when(title)
        .then(pl.lit("title"))
        .when(role.is_in(FIELDS))
        .then(pl.lit("field"))
        .when(role.is_in(GOALS))
        .then(pl.lit("goal"))
        .when(role.is_in(HEADS))
        .then(pl.lit("head"))
        .when(role.is_in(_COLUMNS))
        .then(pl.lit("column"))
        .when(role.is_in(LEVELS))
        .then(pl.lit("level"))
        .when(role == "money_head")
        .then(pl.lit("money_head"))
        .when(role.is_in([*MONEY, "sum"]))
        .then(pl.lit("money"))
        .when(role == "signature")
        .then(pl.lit("signature"))
        .when(role == "ruler")
        .then(pl.lit("ruler"))
    )
    stream = stream.with_columns(kind=kind, new=new)
    kind, said = pl.col("kind"), pl.col("kind").is_not_null()
    follows = pl.col("kind").shift(1)
    column = (kind == "column") & follows.is_in(["column", "money_head"])
    lower = (role == "source_level") & (before == "source")
    second = role.is_in(["level2", "level2_cost"]) & before.is_in(["level1", "level1_or_2"])
    goal = (kind == "goal") & (follows == "goal")
    stays = (column | lower | second | goal).fill_null(value=False)
    # Inside a table only levels, sums, new headers and the form's end speak; other words are contents.
    opened = (
        pl.when((kind == "column") & role.is_in(["col_content", "col_value"]))
        .then(pl.lit("table"))
        .when((kind == "column") & role.is_in(MONEY_COLUMNS))
        .then(pl.lit("money_table"))
        .when(
            new
            | (kind.is_in(["title", "signature"]))
            | (role == "other_field")
            | ((kind == "field") & (role == "project_name"))
        )
        .then(pl.lit("head"))
        .when(kind == "goal")
        .then(pl.lit("goal"))
    )
    stream = stream.with_columns(part=opened.forward_fill(), stays=stays)
    inner = (pl.col("part") == "table") & ~kind.is_in(["column", "head", "level"]) & (role != "sum")
    stream = stream.with_columns(
        speaks=said & ~inner.fill_null(value=False), run=(~pl.col("stays")).cum_sum()
    ).with_columns(
        # Texts below a row of labels are a row of their own.
        many=(pl.col("speaks") & kind.is_in(["goal", "column"])).sum().over("run", "document_id") > 1
    )
    text = ~pl.col("speaks")
    below = text & pl.col("many").shift(1).fill_null(value=False) & pl.col("speaks").shift(1).fill_null(value=False)
    return stream.with_columns(begins=(pl.col("speaks") & ~pl.col("stays")) | below | pl.col("new"))


def _split_table(stream: pl.DataFrame) -> pl.DataFrame:
    """Part the cells of indicator tables into rows: by their width where blanks are marked, else by their targets."""
    header = (pl.col("kind") == "column") & (pl.col("part") == "table")
    level_columns = pl.col("role").is_in(["col_level1", "col_level2"])
    stream = stream.with_columns(
        header=pl.when(header).then(pl.col("begins").cum_sum()), group=pl.col("begins").cum_sum()
    )
    widths = (
        stream.filter(pl.col("header").is_not_null())
        .group_by("header")
        .agg(columns=(~level_columns).sum().cast(pl.Int32))
    )
    stream = stream.join(widths, on="header", how="left", maintain_order="left").with_columns(
        columns=pl.col("columns").forward_fill()
    )
    cell = (pl.col("part") == "table") & ~pl.col("speaks")
    stream = stream.with_columns(cell=cell).with_columns(
        nth=(pl.col("cell").cum_sum().over("group").cast(pl.Int32) - 1),
        cells=pl.col("cell").sum().over("group").cast(pl.Int32),
        target=(pl.col("cell") & pl.col("text").str.contains(_TARGET)),
    )
    by_width = pl.col("cell") & (pl.col("nth") > 0) & (pl.col("nth") % pl.col("columns") == 0) & pl.col("marked")
    after_target = (
        pl.col("cell")
        & pl.col("target").shift(1).fill_null(value=False)
        & (pl.col("nth") > 0)
        & ((pl.col("columns") == 2) & ~pl.col("marked") & (pl.col("cells") > 2))
    )
    return stream.with_columns(begins=pl.col("begins") | by_width | after_target)


def _lay_out(stream: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the rows' cells; join what line breaks have cut: values of fields, goals, contents before their target."""
    line = pl.col("line")
    stream = stream.with_columns(row=pl.col("begins").cum_sum()).with_columns(leader=line.first().over("row"))
    leaders = stream.select("line", "leader").unique("line", keep="first", maintain_order=True)
    stream = stream.with_columns(own=pl.col("speaks").cum_sum().over("row"), quotes=_quotes())
    prose = ~pl.col("speaks") & pl.col("part").is_in(["head", "goal"]) & ~pl.col("marked")
    in_row = pl.col("cell") & ~pl.col("marked") & (pl.col("columns") == 2)
    wrapped = in_row & ~pl.col("target") & (pl.col("cell").sum().over("row") > 2) & pl.col("target").any().over("row")
    first = pl.col("text").str.len_chars().first().over("row", "own") >= 8
    glue = prose | (wrapped & first)
    same = (
        glue
        & glue.shift(1)
        & (pl.col("row") == pl.col("row").shift(1))
        & (pl.col("own") == pl.col("own").shift(1))
        & (pl.col("quotes") == pl.col("quotes").shift(1))
        & ~pl.col("speaks").shift(1)
    )
    stream = stream.with_columns(piece=(~same.fill_null(value=False)).cum_sum())
    sentence = (
        pl.when(pl.col("text").shift(1).str.contains(_SENTENCE) | pl.col("text").str.contains(_NUMBERED))
        .then(pl.lit("\n"))
        .otherwise(pl.lit(""))
    )
    stream = stream.with_columns(
        text=pl.when(pl.col("piece") == pl.col("piece").shift(1)).then(sentence + pl.col("text")).otherwise("text")
    )
    laid = (
        stream.group_by("piece", maintain_order=True)
        .agg(pl.col("leader", "row", "role", "label").first(), pl.col("text").str.join(""))
        .with_columns(column_no=pl.int_range(pl.len(), dtype=pl.UInt16).over("row"))
        .filter(pl.col("text") != "")
        .with_columns(pl.col("text").str.strip_chars('"'))
        .filter(pl.col("text") != "")
    )
    return laid.select(line="leader", column_no="column_no", text="text", role="role", label="label"), leaders


def _quotes() -> pl.Expr:
    """Count the quoted blocks that have ended before a cell: two goals in quotes stay two."""
    marks = pl.col("text").str.count_matches('"')
    before = marks.cum_sum().over("row") - marks
    return (before // 2).cast(pl.Int32)
