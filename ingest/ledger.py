"""What became of every line, and what could not be read."""

from typing import Final

import polars as pl

DISPOSITIONS: Final = (
    "title", "header", "label", "funding", "execution", "goal", "indicator", "total", "signature", "note", "blank",
    "ruler", "outside", "quarantined",
)
"""title, header (project block), label (words that only name columns or levels), funding, execution (money of a
self-evaluation), goal, indicator, total (sums of a table), signature (who signed, what officials remarked), note
(the form's own footnotes), blank, ruler, outside (text around the forms), quarantined."""

_PLAIN: Final = {
    "blank": "blank", "ruler": "ruler", "title": "title", "head": "label", "columns": "label", "list_columns": "label",
    "money_columns": "label", "signature": "signature", "note": "note", "unit": "header", "page": "outside",
}


def dispositions(lines: pl.DataFrame, funding: pl.Series, execution: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each line its disposition, and each line that could not be read its reason.

    Args:
        lines: as `ingest.structure.describe` returns them.
        funding: lines that gave a row of money; execution: of money in a self-evaluation.
        rows: `line` and `fate` of the lines of indicator tables.

    Returns:
        `line`, `disposition` (DISPOSITIONS), `reason` (a code of messages.yml, NULL where the line was read).
    """
    kind, line = pl.col("kind"), pl.col("line")
    fated = lines.join(rows.select("line", "fate"), on="line", how="left", maintain_order="left")
    fate = pl.col("fate")
    inside = pl.col("form").is_not_null()
    goal_text = (kind == "text") & (pl.col("region") == "goal") & ~pl.col("open")
    return fated.select(
        "line",
        disposition=pl.when(kind.is_in(list(_PLAIN))).then(kind.cast(pl.String).replace(_PLAIN))
        .when(fate.is_in(["indicator", "label", "total"])).then(fate)
        .when(~inside).then(pl.lit("outside"))
        .when(pl.col("open") & (kind == "sum")).then(pl.lit("total"))
        .when(pl.col("open")).then(pl.lit("quarantined"))
        .when(line.is_in(execution.implode())).then(pl.lit("execution"))
        .when(line.is_in(funding.implode())).then(pl.lit("funding"))
        .when(kind.is_in(["money", "sum"])).then(pl.lit("label"))
        .when((kind == "goal") | goal_text).then(pl.lit("goal"))
        .when(kind == "field").then(pl.lit("header"))
        .otherwise(pl.lit("quarantined")),
        reason=pl.coalesce("fate", pl.lit("words_unknown")),
    ).with_columns(reason=pl.when(pl.col("disposition") == "quarantined").then("reason"))
