"""What the parser has read of a batch, before it becomes the lake's tables."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Reading:
    """All that the parser read of a batch, keyed by the line that a form begins on (`form`)."""

    lines: pl.DataFrame  # LINES with `line`
    described: pl.DataFrame
    headers: pl.DataFrame
    titles: pl.DataFrame  # tokens
    goals: pl.DataFrame
    units: pl.DataFrame
    funding: pl.DataFrame
    execution: pl.DataFrame
    rows: pl.DataFrame
    listed: pl.DataFrame  # `line`, `parent` of forms in lists
    label_years: pl.DataFrame  # `titled`, `label_year`
    remarks: pl.DataFrame  # REMARKS (ingest.remarks)
    leaders: pl.DataFrame  # `line`, `leader`: lines whose words went to another line's row


def at(frame: pl.DataFrame, lines: pl.DataFrame, column: str = "line") -> pl.DataFrame:
    """Add `table_no` and `line_no` of the line that `column` points to."""
    picked = lines.select("table_no", "line_no")[frame.get_column(column)]
    return frame.drop("table_no", "line_no", strict=False).hstack(picked)
