"""What became of every line, and what could not be read."""

from typing import Final

import polars as pl

DISPOSITIONS: Final = (
    "title", "header", "label", "funding", "execution", "goal", "indicator", "total", "task", "signature", "note", "blank",
    "ruler", "outside", "quarantined",
)
"""title, header (project block), label (words that only name columns or levels), funding, execution (money of a
self-evaluation), goal, indicator, total (sums of a table), task (of a whole department, with money of its own), signature (who signed, what officials remarked), note
(the form's own footnotes), blank, ruler, outside (text around the forms), quarantined."""

DISPOSITION: Final = pl.Enum(DISPOSITIONS)
_PLAIN: Final = {
    "blank": "blank", "ruler": "ruler", "title": "title", "head": "label", "columns": "label", "list_columns": "label",
    "money_columns": "label", "signature": "signature", "note": "note", "task": "task", "unit": "header", "page": "outside",
}


def dispositions(lines: pl.DataFrame, funding: pl.Series, execution: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each line its disposition, and each line that could not be read its reason.

    Args:
        lines: as `ingest.structure.describe` returns them.
        funding: lines that gave a row of money; execution: of money in a self-evaluation.
        rows: `line` and `fate` of the lines of indicator tables.

    Returns:
        `line`, `disposition` (DISPOSITION), `reason` (a code of messages.yml, NULL where the line was read).
    """
    kind = pl.col("kind")
    fated = lines.join(rows.select("line", "fate"), on="line", how="left", maintain_order="left").with_columns(
        _marked(lines.height, funding).alias("funding"), _marked(lines.height, execution).alias("execution")
    )
    fate, said = pl.col("fate"), {name: pl.lit(name, DISPOSITION) for name in DISPOSITIONS}
    inside = pl.col("form").is_not_null()
    goal = (kind == "goal") | ((kind == "text") & (pl.col("region") == "goal"))
    disposition = (
        pl.when(kind.is_in(list(_PLAIN))).then(kind.replace_strict(_PLAIN, default=None, return_dtype=DISPOSITION))
        .when(fate == "indicator").then(said["indicator"])
        .when(fate == "label").then(said["label"])
        .when((fate == "total") | (inside & pl.col("open") & (kind == "sum"))).then(said["total"])
        .when(~inside).then(said["outside"])
        .when("open").then(said["quarantined"])
        .when("execution").then(said["execution"])
        .when("funding").then(said["funding"])
        .when(kind.is_in(["money", "sum"])).then(said["label"])
        .when(goal).then(said["goal"])
        .when(kind == "field").then(said["header"])
        .otherwise(said["quarantined"])
    )
    return fated.select(
        "line", disposition=disposition, reason=pl.coalesce("fate", pl.lit("words_unknown"))
    ).with_columns(reason=pl.when(pl.col("disposition") == "quarantined").then("reason"))


def _marked(height: int, lines: pl.Series) -> pl.Series:
    """Return a flag a line, true for `lines`."""
    return pl.repeat(value=False, n=height, eager=True).scatter(lines.unique(), True)  # noqa: FBT003
