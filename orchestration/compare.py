"""What changed between two releases: tables, columns, rows by key, rows and sums by year, and examples to look at."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

EXAMPLES = 20
"""Rows shown of each table and kind of change; all are counted."""
_SHOWN = 120
"""Characters of a text in an example."""
_NAMES = (
    "fiscal_year",
    "project_name",
    "department_name",
    "unit_name",
    "content",
    "rule_id",
    "message_zh",
    "file_name",
)
"""Columns by which a person knows a row; its key may be a fingerprint."""
_VOLATILE = ("loaded_at", "created_at")
"""Columns that say when, not what: a row that differs in them only has not changed."""
_ITSELF = ("release", "release_change")
"""Tables that are another in every release."""
Keys = Mapping[str, Sequence[str]]


def releases(before: Path | None, after: Path, keys: Keys | None = None) -> dict[str, Any]:
    """Compare two databases; `before` is None for the first release, `keys` names the tables' primary keys."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"attach '{after}' as after (read_only)")
        new = _columns(connection, "after")
        if before is None:
            return {"tables_added": sorted(new), "tables_removed": [], "tables": {}}
        connection.execute(f"attach '{before}' as before (read_only)")
        old = _columns(connection, "before")
        compared = {
            table: _table(connection, table, (old[table], new[table]), (keys or {}).get(table, ()))
            for table in sorted(old.keys() & new.keys())
        }
    return {
        "tables_added": sorted(new.keys() - old.keys()),
        "tables_removed": sorted(old.keys() - new.keys()),
        "tables": {table: change for table, change in compared.items() if change},
    }


def flat(changes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the changes as rows of the published table `release_change`, its number aside."""
    for kind in ("added", "removed"):
        for table in changes[f"tables_{kind}"]:
            yield _row(table, f"table_{kind}")
    for table, change in changes["tables"].items():
        for kind in ("columns_added", "columns_removed", "types_changed"):
            for column in change[kind]:
                yield _row(table, kind.replace("columns", "column").replace("types", "type"), column)
        for kind in ("rows_added", "rows_removed", "rows_changed"):
            if change[kind]:
                yield _row(table, kind, after=change[kind])
        for year in change["rows_by_year"]:
            yield _row(table, "rows_of_year", **year)
        for year in change["sums_by_year"]:
            yield _row(table, "sum_of_year", **year)


def _row(table: str, kind: str, column: str | None = None, **figures: Any) -> dict[str, Any]:
    nothing = {"fiscal_year": None, "before": None, "after": None}
    return {"table_name": table, "change_kind": kind, "column_name": column, **nothing, **figures}


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' order by table_name, column_index",
        [database],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        if table not in _ITSELF:
            tables.setdefault(table, {})[column] = data_type
    return tables


def _table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[dict[str, str], dict[str, str]],
    key: Sequence[str],
) -> dict[str, Any]:
    """Return what changed in one table, nothing where nothing did."""
    old, new = columns
    common = [column for column in new if column in old and column not in _VOLATILE]
    key = key if key and set(key).issubset(common) else _key(connection, table, common)
    change: dict[str, Any] = {
        "columns_added": [column for column in new if column not in old],
        "columns_removed": [column for column in old if column not in new],
        "types_changed": [column for column in new if column in old and old[column] != new[column]],
        **_rows(connection, table, key, common),
        "rows_by_year": _by_year(connection, table, None) if {"fiscal_year"} <= old.keys() & new.keys() else [],
        "sums_by_year": _sums(connection, table, old, new),
    }
    before, after = change.pop("before"), change.pop("after")
    if not any(change.values()):
        return {}
    return {"rows_before": before, "rows_after": after, "key": list(key), **change}


def _rows(connection: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], common: list[str]) -> dict[str, Any]:
    """Count rows added, removed and changed by the table's key, and give examples of each."""
    for side in ("before", "after"):
        connection.execute(
            f"create or replace temp table {side}_rows as"
            f" select hash({_quoted(key)}) as k, hash({_quoted(common)}) as v, {_quoted(key)} from {side}.marts.{_quoted([table])}"
        )
    sets = {
        "rows_added": "select * from after_rows anti join before_rows using (k)",
        "rows_removed": "select * from before_rows anti join after_rows using (k)",
        "rows_changed": "select * from (select * from after_rows anti join before_rows using (k, v))"
        " semi join before_rows using (k)",
    }
    counts = {kind: _one(connection, f"select count(*) from ({rows})") for kind, rows in sets.items()}
    totals = {side: _one(connection, f"select count(*) from {side}_rows") for side in ("before", "after")}
    examples = {
        kind: _examples(connection, (table, key, common), rows, kind) for kind, rows in sets.items() if counts[kind]
    }
    return {**totals, **counts, "examples": examples}


def _examples(
    connection: duckdb.DuckDBPyConnection, of: tuple[str, Sequence[str], list[str]], rows: str, kind: str
) -> list[dict[str, Any]]:
    """Return the keys of some rows; of changed ones also what they said and say."""
    table, key, common = of
    chosen = f"(select k from ({rows}) order by {_quoted(key)} limit {EXAMPLES})"
    sides = {"rows_added": ("after",), "rows_removed": ("before",)}.get(kind, ("before", "after"))
    found = [
        connection.execute(
            f"select {_quoted(common)} from {side}.marts.{_quoted([table])} where hash({_quoted(key)}) in {chosen}"
            f" order by {_quoted(key)} limit {EXAMPLES}"
        ).fetchall()
        for side in sides
    ]
    at = [common.index(column) for column in key]
    return [
        {
            "key": {column: _short(rows[0][place]) for column, place in zip(key, at, strict=True)},
            "names": {
                column: _short(value)
                for column, value in zip(common, rows[0], strict=True)
                if column in _NAMES and column not in key
            },
            "columns": {
                column: [_short(value) for value in values]
                for column, *values in zip(common, *rows, strict=True)
                if len(values) == 2 and values[0] != values[1]
            },
        }
        for rows in zip(*found, strict=False)
    ]


def _key(connection: duckdb.DuckDBPyConnection, table: str, common: list[str]) -> list[str]:
    """Return the key: the fewest leading columns that name a row in both releases (keys stand first in every table)."""
    for width in range(1, len(common)):
        columns = _quoted(common[:width])
        distinct = " and ".join(
            f"(select count(*) = count(distinct hash({columns})) from {database}.marts.{_quoted([table])})"
            for database in ("before", "after")
        )
        if _one(connection, f"select {distinct}"):
            return common[:width]
    return common


def _sums(
    connection: duckdb.DuckDBPyConnection, table: str, old: dict[str, str], new: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the sums of money by fiscal year that differ."""
    if "fiscal_year" not in old or "fiscal_year" not in new:
        return []
    money = [c for c in new if c.endswith("_yuan") and new[c].startswith("DECIMAL") and old.get(c) == new[c]]
    return [{"column": column, **row} for column in money for row in _by_year(connection, table, column)]


def _by_year(connection: duckdb.DuckDBPyConnection, table: str, column: str | None) -> list[dict[str, Any]]:
    """Return the fiscal years whose sum of `column` (None: whose number of rows) differs."""
    measured = f"sum({_quoted([column])})" if column else "count(*)"
    before, after = (
        f"(select fiscal_year, {measured} as {side} from {side}.marts.{_quoted([table])} group by all)"
        for side in ("before", "after")
    )
    found = connection.execute(
        f"select coalesce(b.fiscal_year, a.fiscal_year) as fiscal_year, before, after from {before} as b"
        f" full join {after} as a on b.fiscal_year is not distinct from a.fiscal_year"
        " where before is distinct from after order by all"
    )
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _short(value: Any) -> Any:
    return f"{value[:_SHOWN]}…" if isinstance(value, str) and len(value) > _SHOWN else value


def _one(connection: duckdb.DuckDBPyConnection, question: str) -> Any:
    return connection.execute(question).fetchall()[0][0]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
