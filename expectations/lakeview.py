"""The lake as a database: views over its Parquet files, so that the gate after parsing reads DuckDB like the other."""

from collections.abc import Collection
from pathlib import Path

import duckdb

from expectations.sql import literal
from ingest.lake import EMPTY
from ingest.schema import LAKE


def write(lake: Path, database: Path, parts: Collection[str] | None = None) -> None:
    """Write `database` anew with one view a lake table, of the named parts or of all; every view has `fiscal_year`."""
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        for table, schema in LAKE.items():
            named = ["*"] if parts is None else [EMPTY, *sorted(parts)]
            files = ", ".join(literal(lake.absolute() / table / "*" / f"{name}.parquet") for name in named)
            options = (
                "hive_partitioning = false"
                if "fiscal_year" in schema
                else "hive_partitioning = true, hive_types = {'fiscal_year': INTEGER}"
            )
            connection.execute(f"create view {table} as select * from read_parquet([{files}], {options})")  # noqa: S608
