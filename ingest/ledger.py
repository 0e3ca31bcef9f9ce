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

NOTE: Final = r"^[（(]?\s*(?:注|备注|说明|填表说明|填报说明|注意|备 注)\s*[:：1１一]"
UNIT_LINE: Final = r"^[（(]?\s*(?:金额)?单位\s*[:：]\s*(?:人民币)?(?:万|千|百万|亿)?元\s*[)）]?[|\s]*$"
_PAGE: Final = r"发布(?:时间|日期)|来源[:：]|浏览|字号|打印|字体|索引号"
"""What web pages print between a title and a form."""
_PLAIN: Final = {
    "blank": "blank", "ruler": "ruler", "title": "title", "head": "label", "columns": "label", "list_columns": "label",
    "money_columns": "label", "signature": "signature",
}


def dispositions(lines: pl.DataFrame, funding: pl.Series, execution: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each line its disposition, and each line that could not be read its reason.

    Args:
        lines: as `ingest.structure.describe` returns them, with `text` (the line without outer blanks).
        funding: lines that gave a row of money; execution: of money in a self-evaluation.
        rows: `line` and `fate` of the lines of indicator tables.

    Returns:
        `line`, `disposition` (DISPOSITIONS), `reason` (a code of messages.yml, NULL where the line was read).
    """
    kind, line = pl.col("kind"), pl.col("line")
    fated = lines.join(rows.select("line", "fate"), on="line", how="left", maintain_order="left")
    fate = pl.col("fate")
    note = pl.col("text").str.contains(NOTE)
    inside = pl.col("form").is_not_null()
    goal_text = (kind == "text") & (pl.col("region") == "goal") & ~pl.col("open")
    return fated.select(
        "line",
        disposition=pl.when(kind.is_in(list(_PLAIN))).then(kind.cast(pl.String).replace(_PLAIN))
        .when(fate.is_in(["indicator", "label", "total"])).then(fate)
        .when((kind == "text") & ~pl.col("open") & pl.col("text").str.contains(UNIT_LINE)).then(pl.lit("header"))
        .when((kind == "text") & (pl.col("region") == "title") & pl.col("text").str.contains(_PAGE)).then(pl.lit("outside"))
        .when(~inside).then(pl.lit("outside"))
        .when(note & (kind == "text")).then(pl.lit("note"))
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
