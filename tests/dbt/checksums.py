"""One checksum for each published table but `release` (which release, made when), the same whatever order its rows stand in."""

from pathlib import Path

import duckdb

WHEN = {"loaded_at", "built_at"}
"""Columns that say when, not what."""


def checksums(database: Path) -> dict[str, tuple[int, int]]:
    """Return rows and checksum of each table in schema `marts`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' order by all"
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for table, column in columns:
            tables.setdefault(table, []).append(column)
        return {
            table: connection.execute(
                f"select count(*), coalesce(sum(hash({', '.join(c for c in names if c not in WHEN)})::hugeint), 0)"
                f" from marts.{table}"
            ).fetchone()  # pyright: ignore[reportReturnType]
            for table, names in tables.items()
            if table != "release"
        }
