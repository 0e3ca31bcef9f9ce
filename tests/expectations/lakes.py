"""Frames as a lake that a gate can read, whatever is wrong with them."""

from pathlib import Path

import polars as pl

from expectations import lakeview
from ingest import lake


def write_lake(frames: dict[str, pl.DataFrame], folder: Path) -> Path:
    """Put frames where the lake's files lie; return the database through which the gate sees them."""
    lake.sweep(folder)
    for table, frame in frames.items():
        (folder / table / "fiscal_year=2023").mkdir()
        frame.write_parquet(folder / table / "fiscal_year=2023" / "part.parquet")
    database = folder / "lake.duckdb"
    lakeview.write(folder, database)
    return database
