"""Labels that a line break has cut in two (服务对象满意度 / 指标) → whole labels again."""

from functools import cache
from typing import Final

import polars as pl

from ingest import lexicon
from ingest.structure import FIELDS, LEVELS, TABLE_COLUMNS
from ingest.tokens import ROLES

_LONGEST: Final = 4
"""Lines that one label goes over, at most."""
_WHOLE: Final = 3
"""Characters that a joined label has, at least: shorter ones arise by chance."""


@cache
def beginnings() -> pl.Series:
    """Return the texts that a label may begin with: every true beginning, of two characters on, of a known word."""
    words = lexicon.labels().get_column("word").to_list()
    return pl.Series(sorted({word[:cut] for word in words if len(word) > _WHOLE for cut in range(2, len(word))}))


def join_cells(stream: pl.DataFrame) -> pl.DataFrame:
    """Put the cells of one-cell lines together that make a label, the longest that the lexicon knows.

    Args:
        stream: `line`, `document_id`, `text`, `role`, `label`, in reading order; a cell a row.

    Returns:
        The same columns; of cells that were joined the first, with the whole label.
    """
    text = pl.col("text")
    for length in range(_LONGEST, 1, -1):
        short = (text.str.len_chars() <= 14) & text.str.contains(r"\p{L}|^[)）]") & ~text.str.contains(r"\d")
        stream = stream.with_columns(
            at=pl.int_range(pl.len(), dtype=pl.Int32), short=short, opens=short & ~text.str.contains(r"^[(（\[]")
        )
        together = [
            (pl.col("document_id").shift(-k) == pl.col("document_id")) & pl.col("short").shift(-k)
            for k in range(1, length)
        ]
        pieces = stream.select(
            "at",
            joined=pl.when(pl.col("opens") & ~_two_labels(length), *together).then(
                pl.concat_str(text.shift(-k) for k in range(length))
            ),
        ).drop_nulls()
        hits = pieces.join(_known(pieces.get_column("joined")), on="joined", maintain_order="left").filter(
            (pl.col("at") - pl.col("at").shift(1)).fill_null(length) >= length
        )
        if hits.height:
            inner = hits.select(at=pl.col("at") + pl.int_ranges(1, length)).explode("at").cast(pl.Int32)
            stream = (
                stream.join(inner, on="at", how="anti", maintain_order="left")
                .join(hits.rename({"role": "new", "label": "of"}), on="at", how="left", maintain_order="left")
                .with_columns(
                    text=pl.coalesce("joined", "text"),
                    role=pl.coalesce("new", "role"),
                    label=pl.coalesce("of", "label"),
                )
                .drop("joined", "new", "of")
            )
        stream = stream.drop("at", "short", "opens")
    return stream


def _two_labels(length: int) -> pl.Expr:
    """Say whether all pieces are labels of their own (年度目标, 完成情况); only levels fall apart into such, but
    not a level 1 and its level 2 (产出, 数量), and the names of columns into a field (年度) and a column (指标值)."""
    role = pl.col("role")
    column = role.is_in(list(FIELDS)) & pl.all_horizontal(role.shift(-k).is_in(TABLE_COLUMNS) for k in range(1, length))
    labels = pl.all_horizontal(role.shift(-k).is_not_null() for k in range(length))
    pair = role.is_in(["level1", "level1_or_2"]) & role.shift(-1).is_in(["level2", "level2_cost", "level1_or_2"])
    return labels & (~role.is_in(LEVELS) | pair) & ~column.fill_null(value=False)


def join_lines(tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put labels together that go over lines of cells, turned ones (a character a line) too: the lines become one row.

    Args:
        tokens: as `ingest.tokens.tokens` returns them.

    Returns:
        The tokens, and `line`, `leader`: the lines that were drawn into another one.
    """
    tokens, turned = _join_turned(tokens)
    tokens, pairs = _join_pairs(tokens)
    if not turned.height:
        return tokens, pairs
    further = pairs.select(leader="line", upper="leader")
    turned = turned.join(further, on="leader", how="left", maintain_order="left")
    return tokens, pl.concat([pairs, turned.select("line", leader=pl.coalesce("upper", "leader"))])


def _join_turned(tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put a label together that is printed a character a line (绩⏎效⏎指⏎标), its last one before the cells of a row.

    Only lines of nothing but that character are drawn, into the line of the last one; returns as `join_lines`.
    """
    line, at = pl.col("line"), pl.col("at")
    opens = (line != line.shift(1)).fill_null(value=True)
    short = tokens.select((opens & (pl.col("text").str.len_bytes() == 3)).arg_true()).to_series()  # one character
    behind = tokens.get_column("line").gather((short + 1).clip(upper_bound=max(tokens.height - 1, 0)))
    ones = tokens.select("line", "text")[short].with_columns(
        at=short, alone=(behind != line) | (short + 1 == tokens.height)
    )
    ones = ones.filter(pl.col("text").str.contains(r"^\p{Han}$"))
    goes_on = (pl.col("alone").shift(1) & (at == at.shift(1) + 1)).fill_null(value=False)
    runs = (
        ones.with_columns(run=(~goes_on).cum_sum())
        .group_by("run", maintain_order=True)
        .agg("at", "line", joined=pl.col("text").str.join(""), leader=line.last())
        .filter(pl.col("at").list.len() >= _WHOLE)
    )
    runs = runs.join(_known(runs.get_column("joined")), on="joined", maintain_order="left")
    if not runs.height:
        return tokens, tokens.select("line", leader="line").clear()
    drawn = runs.select("leader", pl.col("line", "at").list.slice(0, pl.col("at").list.len() - 1))
    drawn = drawn.explode("line", "at")
    whole = runs.select("joined", pl.col("at").list.last(), new="role", of="label")
    joined = (
        tokens.with_columns(at=pl.int_range(pl.len(), dtype=pl.UInt32))
        .join(drawn.select("at"), on="at", how="anti", maintain_order="left")
        .join(whole, on="at", how="left", maintain_order="left")
        .with_columns(
            text=pl.coalesce("joined", "text"), role=pl.coalesce("new", "role"), label=pl.coalesce("of", "label")
        )
    )
    return joined.select(tokens.columns), drawn.select("line", "leader")


def _join_pairs(tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put a label together that ends one line of cells and begins the next; the two lines become one row.

    Only a line of nothing but labels is continued so: where it holds a value, its row is complete.

    Args:
        tokens: as `ingest.tokens.tokens` returns them.

    Returns:
        The tokens, and `line`, `leader`: the lines that were drawn into the line above.
    """
    line, text = pl.col("line"), pl.col("text")
    none = tokens.select("line", leader="line").clear()
    ending = tokens.select(((line != line.shift(-1)) & text.is_in(beginnings().implode())).arg_true()).to_series()
    if not len(ending):
        return tokens, none
    cells = tokens.select("line", "text", "column_no")
    below = cells.rename({"line": "second", "text": "rest", "column_no": "place"})[ending + 1]
    pairs = (
        cells[ending]
        .with_columns(ending.alias("at"))
        .hstack(below)
        .filter(~pl.col("rest").str.contains(r"^[(（\[]"))
        .select(
            "at",
            "line",
            "second",
            joined=pl.concat_str("text", "rest"),
            moved=pl.col("column_no").cast(pl.Int32) - pl.col("place").cast(pl.Int32),
        )
    )
    pairs = pairs.join(_known(pairs.get_column("joined")), on="joined", maintain_order="left")
    if not pairs.height:
        return tokens, none
    tokens = tokens.with_columns(at=pl.int_range(pl.len(), dtype=pl.UInt32))
    valued = (
        tokens.filter(pl.col("role").is_null())
        .join(pairs.select("line", fragment="at"), on="line")
        .filter(pl.col("at") != pl.col("fragment"))
    )
    pairs = pairs.join(valued, on="line", how="anti").unique("line", keep="last", maintain_order=True)
    pairs = pairs.filter(~pl.col("line").is_in(pairs.get_column("second").implode()))
    if not pairs.height:
        return tokens.drop("at"), none
    whole = pairs.select("at", "joined", new="role", of="label")
    below = pairs.select(pl.col("second").alias("line"), leader="line", moved="moved", gone=pl.col("at") + 1)
    rows = (
        tokens.join(whole, on="at", how="left", maintain_order="left")
        .join(below, on="line", how="left", maintain_order="left")
        .filter(pl.col("gone").is_null() | (pl.col("at") != pl.col("gone")))
        .with_columns(
            line=pl.coalesce("leader", "line"),
            column_no=(pl.col("column_no").cast(pl.Int32) + pl.col("moved").fill_null(0)).clip(0).cast(pl.UInt16),
            text=pl.coalesce("joined", "text"),
            role=pl.coalesce("new", "role"),
            label=pl.coalesce("of", "label"),
        )
    )
    return rows.select([name for name in tokens.columns if name != "at"]), below.select("line", "leader")


def _known(texts: pl.Series) -> pl.DataFrame:
    """Return which of the texts are labels of the lexicon: `joined`, `role`, `label`."""
    distinct = texts.drop_nulls().unique().to_frame("joined").with_columns(word=lexicon.normalise(pl.col("joined")))
    return (
        distinct.filter(pl.col("word").str.len_chars() >= _WHOLE)
        .join(lexicon.labels(), on="word")
        .select("joined", pl.col("role").cast(ROLES), "label")
    )
