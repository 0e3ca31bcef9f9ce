"""The tables of a release: their columns with PostgreSQL's types, and the keys that dictionary knows."""

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration import dictionary
from orchestration.release import Release
from orchestration.trouble import Trouble

_TYPES = {
    "VARCHAR": "text",
    "VARCHAR[]": "text[]",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}


@dataclass(frozen=True)
class Table:
    """A table of the release: its columns with PostgreSQL's types, its keys."""

    name: str
    columns: dict[str, str]
    key: list[str]
    refers: dict[str, str]
    index: list[str]


def read(release: Release) -> list[Table]:
    """Return the tables of `release`."""
    with duckdb.connect(str(release.database), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where schema_name = 'marts' and not internal order by table_name, column_index"
        ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        columns.setdefault(table, {})[column] = _type(table, column, data_type)
    keys = dictionary.keys()
    none: dict[str, Any] = {"key": [], "refers": {}, "index": []}
    return [Table(name, found, **none | keys.get(name, {})) for name, found in columns.items()]


def _type(table: str, column: str, data_type: str) -> str:
    if data_type.startswith("DECIMAL"):
        return data_type.replace("DECIMAL", "numeric")
    if data_type not in _TYPES:
        raise Trouble(
            f"{table}.{column} is {data_type}: say in orchestration/postgres/tables.py what that is in PostgreSQL",
            f"{table}.{column} 的类型 {data_type} 尚无 PostgreSQL 对应类型。",
        )
    return _TYPES[data_type]
