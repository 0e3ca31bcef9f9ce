"""Releases in PostgreSQL, which every BI tool speaks: a schema a release, and the views in `marts` that point to one.

A release is loaded in one transaction, analysed, and served by a second transaction that replaces all views at once.
Views are switched when nobody still reads with a snapshot from before the load: such a reader would find the new
tables empty. What fails leaves the views as they were.
"""

import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import dictionary
from orchestration import release as releases
from orchestration.home import Home
from orchestration.release import Release
from orchestration.trouble import Trouble

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

VARIABLE = "JIXIAO_POSTGRES_URL"
READER = "jixiao_reader"
"""The role that may read the views and nothing else; people's logins are made members of it."""
_BATCH_ROWS = 10_000
_SOURCE_MEMORY = "200MB"
PATIENCE = 60.0
"""Seconds to wait for readers before the switch is given up."""
_LOCK_WAIT = "300ms"
"""A reader is never kept waiting longer, which is also less than PostgreSQL's deadlock_timeout."""
_PREFIX = "jixiao_"
_ONE_PUBLISHER = 0x4A69_7869_616F
"""Advisory lock: two publications never run at once."""
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


def url() -> str | None:
    """Return where to publish, None where nobody asked for it."""
    return os.environ.get(VARIABLE) or None


def follow(home: Home) -> Release | None:
    """Let PostgreSQL show the release that is served, where the environment asks for it; return that release."""
    release = releases.current(home)
    if url() is None or release is None:
        return None
    publish(home, release)
    return release


def publish(home: Home, release: Release) -> None:
    """Load `release` into the PostgreSQL that the environment names, unless it is there, and let the views show it.

    Raises Trouble with PostgreSQL's words; the views then still show the release before.
    """
    with _connected() as connection:
        execute(connection, f"select pg_advisory_lock({_ONE_PUBLISHER})")
        connection.commit()
        schema = schema_of(release)
        tables = _tables(release)
        if not _rows(connection, "select from pg_namespace where nspname = $1", schema):
            _load(connection, schema, release, tables, dictionary.read(home))
        committed_at = _rows(connection, "select clock_timestamp()::text")[0][0]
        before = _served(connection)
        connection.commit()
        if before != schema:
            _switch(connection, schema, committed_at)
            _forget(connection, keep={schema, before})


def schema_of(release: Release) -> str:
    """Return the schema that holds `release`."""
    return _PREFIX + re.sub(r"[^a-z0-9]", "_", release.release_id.lower())


def execute(connection: "Connection", *statements: str) -> None:
    """Run statements that answer nothing, several of them in one round trip."""
    together = "do " + literal("begin " + "; ".join(statements) + "; end")
    with connection.cursor() as cursor:
        cursor.execute(statements[0] if len(statements) == 1 else together)


@contextmanager
def _connected() -> "Iterator[Connection]":
    """Open the connection; what PostgreSQL or the network says becomes Trouble."""
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Trouble(
            f"{VARIABLE} is set, but PostgreSQL's driver is not installed. Run: uv run --group postgres jixiao load",
            f"已设置 {VARIABLE}，但未安装 PostgreSQL 驱动。请运行：uv run --group postgres jixiao load",
        ) from error
    try:
        with dbapi.connect(url() or "") as connection:
            yield connection
    except dbapi.Error as error:
        said = _said(error)
        raise Trouble(
            f"The release is served as files, but not by PostgreSQL, whose views show the one before: {said}"
            f" Mend it, then load again ({VARIABLE} names the server).",
            f"发布版本的文件已可用，但未能发布到 PostgreSQL，其视图仍指向上一版本：{said}"
            f" 修复后请重新装载（服务器由 {VARIABLE} 指定）。",
        ) from error


def _said(error: Exception) -> str:
    """Return PostgreSQL's own words, without the statement that they are about."""
    _, found, words = str(error).rpartition("ERROR:")
    return " ".join((words.partition("CONTEXT:")[0] if found else str(error)).split())


def _tables(release: Release) -> list[Table]:
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
            f"{table}.{column} is {data_type}: say in orchestration/postgres.py what that is in PostgreSQL",
            f"{table}.{column} 的类型 {data_type} 尚无 PostgreSQL 对应类型。",
        )
    return _TYPES[data_type]


def _load(
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
    yield f"comment on table {place} is {literal(str(meanings[table.name].meaning))}"
    for column, meaning in meanings[table.name].columns.items():
        if column in table.columns:
            yield f"comment on column {place}.{quoted(column)} is {literal(str(meaning))}"


def _served(connection: "Connection") -> str | None:
    """Return the schema that the views show now."""
    rows = _rows(
        connection,
        "select distinct table_schema from information_schema.view_table_usage"
        " where view_schema = 'marts' and starts_with(table_schema, $1)",
        _PREFIX,
    )
    return rows[0][0] if rows else None


def _switch(connection: "Connection", schema: str, committed_at: str) -> None:
    """Let all views show `schema`, in one transaction, as soon as no reader stands in the way."""
    from adbc_driver_manager import Error  # noqa: PLC0415

    execute(connection, "create schema if not exists marts")
    _ensure_reader(connection)
    connection.commit()
    deadline = time.monotonic() + PATIENCE
    while True:
        waiting_for = _older_readers(connection, committed_at)
        if not waiting_for:
            try:
                _replace_views(connection, schema)
                connection.commit()
                return
            except Error as error:
                connection.rollback()
                if error.sqlstate != "55P03":  # lock_not_available
                    raise
                waiting_for = _holders(connection)
        if time.monotonic() > deadline:
            readers = "; ".join(waiting_for)
            raise Trouble(
                f"PostgreSQL's views were not switched: for {PATIENCE:.0f} s readers stood in the way ({readers})."
                " They show the release before; end those sessions or load again later.",
                f"PostgreSQL 视图未切换：{PATIENCE:.0f} 秒内一直有会话占用（{readers}）。"
                "视图仍指向上一版本，请结束会话或稍后重新装载。",
            )
        time.sleep(random.uniform(0.02, 0.1))  # noqa: S311


def _older_readers(connection: "Connection", committed_at: str) -> list[str]:
    """Return who reads with a snapshot from before the load's commit: to them the new tables are empty."""
    rows = _rows(
        connection,
        "select format('pid %s %s %s', pid, usename, application_name) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        " and backend_xmin is not null and xact_start <= $1::timestamptz",
        committed_at,
    )
    connection.commit()
    return [reader for (reader,) in rows]


def _holders(connection: "Connection") -> list[str]:
    """Return who holds a lock on one of the views."""
    rows = _rows(
        connection,
        "select distinct format('pid %s %s %s', pid, usename, application_name) from pg_locks"
        " join pg_stat_activity using (pid) where relation in (select c.oid from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'marts') and pid <> pg_backend_pid()",
    )
    connection.commit()
    return [holder for (holder,) in rows] or ["short queries, one after the other 连续的短查询"]


def _replace_views(connection: "Connection", schema: str) -> None:
    old, new = _shapes(connection, "marts", "v"), _shapes(connection, schema, "r")
    execute(connection, f"set local lock_timeout = '{_LOCK_WAIT}'")
    if old:
        # `release` first: who asks there before anything else, to know what he reads, then waits holding nothing.
        gate_first = sorted(old, key=lambda name: (name != "release", name))
        execute(connection, f"lock table {', '.join(quoted('marts', n) for n in gate_first)} in access exclusive mode")
    # A view of the same shape is replaced, and what people built on it lives on; another shape needs another view.
    views = [f"drop view {quoted('marts', name)}" for name in old if old[name] != new.get(name)]
    views += [f"create or replace view {quoted('marts', name)} as select * from {quoted(schema, name)}" for name in new]
    execute(connection, *views, *_view_comments(connection, schema))
    execute(
        connection,
        f"grant usage on schema marts to {READER}",
        f"grant select on all tables in schema marts to {READER}",
    )


def _shapes(connection: "Connection", schema: str, kind: str) -> dict[str, str]:
    """Return names and types of the columns of each table (`kind` r) or view (v) of `schema`."""
    rows = _rows(
        connection,
        "select c.relname, string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)"
        " from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = c.relnamespace"
        ' where n.nspname = $1 and c.relkind = $2::text::"char" and attnum > 0 and not attisdropped group by 1',
        schema,
        kind,
    )
    return dict(rows)


def _view_comments(connection: "Connection", schema: str) -> list[str]:
    """Return what gives the views the comments of the tables in `schema`."""
    rows = _rows(
        connection,
        "select case when a.attname is null then format('comment on view marts.%I is %L', c.relname, d.description)"
        " else format('comment on column marts.%I.%I is %L', c.relname, a.attname, d.description) end"
        " from pg_description d join pg_class c on c.oid = d.objoid join pg_namespace n on n.oid = c.relnamespace"
        " left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0"
        " where n.nspname = $1 and c.relkind = 'r'",
        schema,
    )
    return [statement for (statement,) in rows]


def _ensure_reader(connection: "Connection") -> None:
    if not _rows(connection, "select from pg_roles where rolname = $1", READER):
        execute(connection, f"create role {READER} nologin")


def _forget(connection: "Connection", keep: set[str | None]) -> None:
    """Drop what is older than the two generations that stay; one that is still read stays until the next time."""
    from adbc_driver_manager import Error  # noqa: PLC0415

    found = _rows(connection, "select nspname from pg_namespace where starts_with(nspname, $1)", _PREFIX)
    for (schema,) in found:
        if schema in keep:
            continue
        try:
            execute(connection, f"set local lock_timeout = '{_LOCK_WAIT}'")
            execute(connection, f"drop schema {quoted(schema)} cascade")
            connection.commit()
        except Error as error:
            connection.rollback()
            if error.sqlstate != "55P03":
                raise


def _rows(connection: "Connection", question: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters=parameters or None)
        return cursor.fetchall()


def quoted(*names: str) -> str:
    """Return an identifier, qualified where there are several names."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """Return `text` as SQL's literal, for statements that take no parameters (COMMENT, DEFAULT)."""
    return "'" + text.replace("'", "''") + "'"
