"""Loading a release: a schema of its own, in one transaction, streamed; with keys, indexes and comments."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from expectations.sql import literal
from orchestration import dictionary
from orchestration.postgres.server import execute, quoted
from orchestration.postgres.tables import Table
from orchestration.release import Release

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

_BATCH_ROWS = 10_000
_SOURCE_MEMORY = "200MB"


def load(
    connection: "Connection", schema: str, release: Release, tables: list[Table], meanings: dict[str, dictionary.Table]
) -> None:
    """Load all tables in one transaction, with keys, indexes and comments: the schema is whole or absent."""
    execute(connection, f"create schema {quoted(schema)}")
    for table in tables:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in table.columns.items())
        execute(connection, f"create table {quoted(schema, table.name)} ({columns})")
        with connection.cursor() as cursor:
            _stream(cursor, schema, release, table)
        if "release_id" not in table.columns:
            # A constant default is kept once, in the catalogue: it costs no row a byte.
            execute(
                connection,
                f"alter table {quoted(schema, table.name)}"
                f" add column release_id text not null default {literal(release.release_id)}",
            )
    keys = {table.name: table.key for table in tables}
    execute(connection, *(_primary_key(schema, table) for table in tables if table.key))
    execute(connection, *(statement for table in tables for statement in _references(schema, table, keys)))
    execute(connection, *(statement for table in tables for statement in _comments(schema, table, meanings)))
    connection.commit()
    execute(connection, "analyze " + ", ".join(quoted(schema, table.name) for table in tables))
    connection.commit()


def _stream(cursor: "Cursor", schema: str, release: Release, table: Table) -> None:
    """Send the rows in batches: memory stays flat whatever the table's size."""
    # PostgreSQL's text holds no NUL character, a broken document may.
    columns = ", ".join(
        f"replace({quoted(name)}, chr(0), '␀') as {quoted(name)}" if kind == "text" else quoted(name)
        for name, kind in table.columns.items()
    )
    with duckdb.connect(str(release.database), read_only=True) as source:
        # DuckDB would keep as much of the file as there is memory.
        source.execute(f"set memory_limit = '{_SOURCE_MEMORY}'")
        batches = source.sql(f"select {columns} from marts.{quoted(table.name)}").to_arrow_reader(_BATCH_ROWS)
        cursor.adbc_ingest(table.name, batches, mode="append", db_schema_name=schema)


def _primary_key(schema: str, table: Table) -> str:
    return f"alter table {quoted(schema, table.name)} add primary key ({', '.join(map(quoted, table.key))})"


def _references(schema: str, table: Table, keys: dict[str, list[str]]) -> Iterator[str]:
    """Yield what adds the foreign keys and the indexes."""
    place = quoted(schema, table.name)
    for column, other in table.refers.items():
        target = f"{quoted(schema, other)} ({', '.join(map(quoted, keys[other]))})"
        yield f"alter table {place} add foreign key ({quoted(column)}) references {target}"
    for column in (*table.refers, *table.index):
        if table.key[:1] != [column]:
            yield f"create index on {place} ({quoted(column)})"


def _comments(schema: str, table: Table, meanings: dict[str, dictionary.Table]) -> Iterator[str]:
    if table.name not in meanings:
        return
    place = quoted(schema, table.name)
    yield f"comment on table {place} is {literal(meanings[table.name].meaning)}"
    for column, meaning in meanings[table.name].columns.items():
        if column in table.columns:
            yield f"comment on column {place}.{quoted(column)} is {literal(meaning)}"
