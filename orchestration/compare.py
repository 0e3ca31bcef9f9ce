"""What changed between two releases: tables, columns, rows by key, sums by year."""

from pathlib import Path
from typing import Any

import duckdb

_VOLATILE = ("loaded_at", "created_at")
"""Columns that say when, not what: a row that differs in them only has not changed."""


def releases(before: Path | None, after: Path) -> dict[str, Any]:
    """Compare the databases of two releases; `before` is None for the first one."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"attach '{after}' as after (read_only)")
        new = _columns(connection, "after")
        if before is None:
            return {"tables_added": sorted(new), "tables_removed": [], "tables": {}}
        connection.execute(f"attach '{before}' as before (read_only)")
        old = _columns(connection, "before")
        compared = {
            table: _table(connection, table, old[table], new[table]) for table in sorted(old.keys() & new.keys())
        }
    return {
        "tables_added": sorted(new.keys() - old.keys()),
        "tables_removed": sorted(old.keys() - new.keys()),
        "tables": {table: change for table, change in compared.items() if change},
    }


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' and table_name <> 'release'"
        " order by table_name, column_index",
        [database],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    return tables


def _table(
    connection: duckdb.DuckDBPyConnection, table: str, old: dict[str, str], new: dict[str, str]
) -> dict[str, Any]:
    """Return what changed in one table, nothing where nothing did."""
    change: dict[str, Any] = {
        "columns_added": [column for column in new if column not in old],
        "columns_removed": [column for column in old if column not in new],
        "types_changed": [column for column in new if column in old and old[column] != new[column]],
        **_rows(connection, table, [column for column in new if column in old and column not in _VOLATILE]),
        "sums_by_year": _sums(connection, table, old, new),
    }
    before, after = change.pop("before"), change.pop("after")
    return {"rows_before": before, "rows_after": after, **change} if any(change.values()) else {}


def _rows(connection: duckdb.DuckDBPyConnection, table: str, common: list[str]) -> dict[str, int]:
    """Count rows added, removed and changed by the table's key."""
    quoted_key, quoted = (
        ", ".join(f'"{column}"' for column in columns) for columns in (_key(connection, table, common), common)
    )
    row = connection.execute(
        f"""
        with
        old as (select hash({quoted_key}) as k, hash({quoted}) as v from before.marts."{table}"),
        new as (select hash({quoted_key}) as k, hash({quoted}) as v from after.marts."{table}")
        select
            (select count(*) from old),
            (select count(*) from new),
            (select count(*) from new anti join old using (k)),
            (select count(*) from old anti join new using (k)),
            (select count(*) from (select k from new anti join old using (k, v)) semi join old using (k))
        """  # noqa: S608
    ).fetchone()
    assert row is not None  # noqa: S101
    before, after, *changes = row
    counts = dict(zip(("rows_added", "rows_removed", "rows_changed"), changes, strict=True))
    return {"before": before, "after": after, **counts}


def _key(connection: duckdb.DuckDBPyConnection, table: str, common: list[str]) -> list[str]:
    """Return the key: the fewest leading columns that name a row in both releases (keys stand first in every table)."""
    for width in range(1, len(common)):
        columns = ", ".join(f'"{column}"' for column in common[:width])
        distinct = " and ".join(
            f'(select count(*) = count(distinct hash({columns})) from {database}.marts."{table}")'  # noqa: S608
            for database in ("before", "after")
        )
        if connection.execute(f"select {distinct}").fetchall()[0][0]:
            return common[:width]
    return common


def _sums(
    connection: duckdb.DuckDBPyConnection, table: str, old: dict[str, str], new: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the sums of money by fiscal year that differ."""
    money = [c for c in new if c.endswith("_yuan") and new[c].startswith("DECIMAL") and old.get(c) == new[c]]
    if not money or "fiscal_year" not in old or "fiscal_year" not in new:
        return []
    union = " union all ".join(
        f"""
        select '{column}' as "column", fiscal_year, sum(b) as before, sum(a) as after
        from (
            select fiscal_year, "{column}" as b, null::decimal(18, 2) as a from before.marts."{table}"
            union all select fiscal_year, null, "{column}" from after.marts."{table}"
        ) group by all
        """  # noqa: S608
        for column in money
    )
    found = connection.execute(f"from ({union}) where before is distinct from after order by all")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
