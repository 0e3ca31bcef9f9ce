"""The views in `marts`: switched to another release at once, when nobody reads with a snapshot from before its load."""

import random
import time
from typing import TYPE_CHECKING

from orchestration.postgres.server import execute, quoted, rows
from orchestration.trouble import Trouble

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

READER = "jixiao_reader"
"""The role that may read the views and nothing else; people's logins are made members of it."""
PREFIX = "jixiao_"
"""Of the schemas that hold a release."""
PATIENCE = 60.0
"""Seconds to wait for readers before the switch is given up."""
_LOCK_WAIT = "300ms"
"""A reader is never kept waiting longer, which is also less than PostgreSQL's deadlock_timeout."""


def served(connection: "Connection") -> str | None:
    """Return the schema that the views show now."""
    found = rows(
        connection,
        "select distinct table_schema from information_schema.view_table_usage"
        " where view_schema = 'marts' and starts_with(table_schema, $1)",
        PREFIX,
    )
    return found[0][0] if found else None


def switch(connection: "Connection", schema: str, committed_at: str) -> None:
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
    found = rows(
        connection,
        "select format('pid %s %s %s', pid, usename, application_name) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        " and backend_xmin is not null and xact_start <= $1::timestamptz",
        committed_at,
    )
    connection.commit()
    return [reader for (reader,) in found]


def _holders(connection: "Connection") -> list[str]:
    """Return who holds a lock on one of the views."""
    found = rows(
        connection,
        "select distinct format('pid %s %s %s', pid, usename, application_name) from pg_locks"
        " join pg_stat_activity using (pid) where relation in (select c.oid from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'marts') and pid <> pg_backend_pid()",
    )
    connection.commit()
    return [holder for (holder,) in found] or ["short queries, one after the other 连续的短查询"]


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
    found = rows(
        connection,
        "select c.relname, string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)"
        " from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = c.relnamespace"
        ' where n.nspname = $1 and c.relkind = $2::text::"char" and attnum > 0 and not attisdropped group by 1',
        schema,
        kind,
    )
    return dict(found)


def _view_comments(connection: "Connection", schema: str) -> list[str]:
    """Return what gives the views the comments of the tables in `schema`."""
    found = rows(
        connection,
        "select case when a.attname is null then format('comment on view marts.%I is %L', c.relname, d.description)"
        " else format('comment on column marts.%I.%I is %L', c.relname, a.attname, d.description) end"
        " from pg_description d join pg_class c on c.oid = d.objoid join pg_namespace n on n.oid = c.relnamespace"
        " left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0"
        " where n.nspname = $1 and c.relkind = 'r'",
        schema,
    )
    return [statement for (statement,) in found]


def _ensure_reader(connection: "Connection") -> None:
    if not rows(connection, "select from pg_roles where rolname = $1", READER):
        execute(connection, f"create role {READER} nologin")


def forget(connection: "Connection", keep: set[str | None]) -> None:
    """Drop what is older than the two generations that stay; one that is still read stays until the next time."""
    from adbc_driver_manager import Error  # noqa: PLC0415

    found = rows(connection, "select nspname from pg_namespace where starts_with(nspname, $1)", PREFIX)
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
