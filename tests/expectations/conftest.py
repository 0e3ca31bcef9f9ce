"""A good lake, to be broken."""

import polars as pl
import pytest

from ingest import batches, documents
from ingest.schema import LAKE
from orchestration.home import SAMPLE


@pytest.fixture(scope="session")
def good_frames() -> dict[str, pl.DataFrame]:
    """The sample as frames of the lake, with one line that could not be read."""
    (parsed,) = batches.frames(documents.scan(SAMPLE), "code")
    frames = parsed.frames
    line = frames["source_line"].filter(pl.col("disposition") == "blank").head(1)
    frames["source_line"] = frames["source_line"].update(
        line.with_columns(disposition=pl.lit("quarantined")), on=["document_id", "line_no"]
    )
    row = {
        "document_id": line["document_id"][0],
        "table_no": 0,
        "line_start": line["line_no"][0],
        "line_end": line["line_no"][0],
    }
    words = {"raw_text": "?", "reason": "row_incomplete", "hint": "?", "hint_zh": "？"}
    columns = [pl.Series(name, [(row | words).get(name)], dtype=kind) for name, kind in LAKE["quarantine"].items()]
    frames["quarantine"] = pl.DataFrame(columns)
    return frames
