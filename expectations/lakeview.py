"""The lake as a database: views over its Parquet files, so that the gate after parsing reads DuckDB like the other."""

from pathlib import Path

import duckdb

from ingest.schema import LAKE


def write(lake: Path, database: Path) -> None:
    """Write `database` anew with one view a lake table; every view has `fiscal_year`."""
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        for table, schema in LAKE.items():
            files = str(lake.absolute() / table / "*" / "*.parquet").replace("'", "''")
            options = (
                "hive_partitioning = false"
                if "fiscal_year" in schema
                else "hive_partitioning = true, hive_types = {'fiscal_year': INTEGER}"
            )
            connection.execute(f"create view {table} as select * from read_parquet('{files}', {options})")  # noqa: S608
