"""Labels of levels that do not stand as they should: of level 2 in the column of level 1, or turned and cut into rows."""

import polars as pl

from ingest import lexicon

_LABELS = lexicon.labels()
_PARENTS = (
    _LABELS.filter(pl.col("role") == "level2")
    .join(_LABELS.filter(pl.col("role").is_in(["level1", "level1_or_2"])), left_on="means", right_on="word")
    .select("label", above="label_right", above_role="role_right", above_text="means")
)
"""Of each label of level 2 that says it, the level 1 it belongs to."""


_FIRST = _LABELS.filter(pl.col("role").is_in(["level1", "level1_or_2"])).select("word", "label", "role")
_ANY_FIRST = "|".join(sorted(_FIRST.get_column("word"), key=len, reverse=True))


def upright(rows: pl.DataFrame) -> pl.DataFrame:
    """Put a turned label together again whose characters stand below each other, one in each row (产 / 出 / 指 / 标).

    Args:
        rows: tokens of rows with `form`, `block` and `place1` (the column of level 1), sorted by line and column.

    Returns:
        `rows`; the label in the row where it began, where all characters of a table make up labels of level 1.
    """
    line, text, table = pl.col("line"), pl.col("text"), ["form", "block"]
    first = (line != line.shift(1)).fill_null(value=True) & (pl.col("column_no").cast(pl.Int32) == pl.col("place1"))
    short = first & pl.col("role").is_null() & (text.str.len_bytes() <= 4)
    letters = rows.select(*table, "line", "text", short=short).filter("short").filter(text.str.len_chars() == 1)
    if not letters.height:
        return rows
    letters = letters.select(*table, "line", "text", nth=pl.int_range(pl.len()).over(table))
    words = (
        letters.group_by(table)
        .agg(joined=text.str.join(""))
        .with_columns(parts=pl.col("joined").str.extract_all(_ANY_FIRST))
    )
    words = words.filter(pl.col("parts").list.join("") == pl.col("joined")).explode("parts")
    size = pl.col("parts").str.len_chars().cast(pl.Int64)
    words = words.with_columns(nth=size.cum_sum().over(table) - size).join(_FIRST, left_on="parts", right_on="word")
    found = letters.join(words.select(*table).unique(), on=table, how="semi").join(
        words.select(*table, "nth", word="parts", new="label", of="role"), on=[*table, "nth"], how="left"
    )
    put = {"text": "word", "label": "new", "role": "of"}
    rows = rows.with_columns(first=first).join(
        found.select("line", *put.values(), letter=True, first=True),
        on=["line", "first"],
        how="left",
        maintain_order="left",
    )
    rows = rows.filter(pl.col("letter").is_null() | pl.col("word").is_not_null())
    return rows.with_columns(
        pl.coalesce(pl.col(new).cast(rows.schema[name]), name).alias(name) for name, new in put.items()
    ).drop("first", "letter", *put.values())


def lifted(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the level 1 that is meant where a row prints its level 2 instead, and says something twice in its stead.

    时效指标 | 时效指标 | 养护及时率 | ≥95% is of 产出指标, 服务对象满意度指标 | 群众满意度 | 群众满意度 | ≥90% of 满意度指标.
    Where each cell says something of its own, nobody can tell which of them is the level 2.

    Args:
        rows: tokens of rows with `place1` (the column of level 1), sorted by line and column.

    Returns:
        `rows` with the labels so moved, and `derived`, true for these.
    """
    line, label, text = pl.col("line"), pl.col("label"), pl.col("text")
    first = (line != line.shift(1)).fill_null(value=True) & (pl.col("column_no").cast(pl.Int32) == pl.col("place1"))
    first = first & (line.shift(-3) == line) & (pl.col("role") == "level2")
    if not rows.select(first.any()).item():
        return rows.with_columns(derived=pl.lit(value=False))
    again = (label.shift(-1) == label).fill_null(value=False)
    twice = (text.shift(-1) == text.shift(-2)) & pl.col("role").shift(-1).is_null()
    asked = (first & (again | twice)).fill_null(value=False)
    rows = rows.with_columns(asked=asked, again=again).join(_PARENTS, on="label", how="left", maintain_order="left")
    moved = pl.col("asked") & pl.col("above").is_not_null()
    behind = (moved & ~pl.col("again")).shift(1, fill_value=False)
    put = {"label": "above", "role": "above_role", "text": "above_text"}
    return rows.with_columns(
        derived=moved,
        **{
            name: pl.when(moved)
            .then(pl.col(above).cast(rows.schema[name]))
            .when(behind)
            .then(pl.col(name).shift(1))
            .otherwise(name)
            for name, above in put.items()
        },
    ).drop("asked", "again", *put.values())
