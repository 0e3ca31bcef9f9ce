"""What changed between two releases: tables, columns, rows by key, rows and sums by year, and examples to look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from expectations import memory
from expectations.sql import literal
from orchestration.anew import EVERYTHING, Anew, rows_where
from orchestration.trouble import Trouble

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
_SIDES = ("before", "after")
_PARTS = (("fiscal_year", "region_code"), ("fiscal_year",), ("document_id",))
"""What large tables are compared by, part for part: the first of these columns that a table has."""
_NO_YEARS: dict[str, Any] = {"rows_by_year": [], "sums_by_year": []}
_NO_ROWS: dict[str, Any] = {"rows_added": 0, "rows_removed": 0, "rows_changed": 0, "examples": {}}
Keys = Mapping[str, Sequence[str]]


def releases(before: Path | None, after: Path, keys: Keys | None = None, anew: Anew | None = None) -> dict[str, Any]:
    """Compare two databases; `before` is None for the first release, `keys` names the tables' primary keys.

    Where `after` was built on top of `before`, `anew` holds the rows that may differ.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("set memory_limit = ?", [memory.limit()])
        connection.execute("set temp_directory = ?", [f"{after}.spill"])
        connection.execute(f"attach {literal(after)} as after (read_only)")
        new = _columns(connection, "after")
        if before is None:
            return {"tables_added": sorted(new), "tables_removed": [], "tables": {}}
        connection.execute(f"attach {literal(before)} as before (read_only)")
        old = _columns(connection, "before")
        if anew is not None:
            connection.execute(f"attach {literal(anew.database)} as anew (read_only)")
        compared = {}
        for table in sorted(old.keys() & new.keys()):
            _look_at(connection, table, anew.conditions[table] if anew else None)
            if anew:
                _require_the_rest(connection, table)
            compared[table] = _table(connection, table, (old[table], new[table]), (keys or {}).get(table, ()))
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


def _look_at(connection: duckdb.DuckDBPyConnection, table: str, anew: str | None) -> None:
    """Let `before_seen` and `after_seen` be the rows to compare: all, or those that may differ."""
    name = _quoted([table])
    for side in _SIDES:
        connection.execute(f"create or replace temp view {side}_seen as select * from {side}.marts.{name}")
    if anew is not None and anew != EVERYTHING:
        written = rows_where(f"before.marts.{name}", anew)
        connection.execute(f"create or replace temp table before_written as {written}")
        connection.execute("create or replace temp view before_seen as select * from before_written")
        connection.execute(f"create or replace temp view after_seen as select * from anew.marts.{name} where {anew}")


def _require_the_rest(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Refuse a table of which rows came or went that nobody wrote anew: nothing has judged or compared them."""
    before, after = (
        _one(connection, f"select (select count(*) from {side}.marts.{_quoted([table])}) - count(*) from {side}_seen")
        for side in _SIDES
    )
    if before != after:
        raise Trouble(
            f"{table} had {before} rows that were not written anew, and has {after} of them; nothing was published."
            " Load again: everything is then judged and compared anew.",
            f"{table} 原有 {before} 行未重新写入，现为 {after} 行；未发布任何内容。请重新装载，届时将全部重新检查和比较。",
        )


def _table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[dict[str, str], dict[str, str]],
    key: Sequence[str],
) -> dict[str, Any]:
    """Return what changed in one table, nothing where nothing did."""
    old, new = columns
    common = [column for column in new if column in old and column not in _VOLATILE]
    part = next((columns for columns in _PARTS if set(columns).issubset(common)), ())
    of_year = "fiscal_year" in part
    money = [c for c in common if c.endswith("_yuan") and new[c].startswith("DECIMAL") and old[c] == new[c]]
    before, after = (_parts(connection, f"{side}_seen", part, common, money) for side in _SIDES)
    touched = [of for of in before.keys() | after.keys() if before.get(of) != after.get(of)]
    change: dict[str, Any] = {
        "columns_added": [column for column in new if column not in old],
        "columns_removed": [column for column in old if column not in new],
        "types_changed": [column for column in new if column in old and old[column] != new[column]],
        "parts": [(year, region[0] if region else None) for year, *region in _in_order(touched)] if of_year else [],
        **(_by_year(connection, table, {year for year, *_ in touched}, money) if of_year and touched else _NO_YEARS),
    }
    key = key if key and set(key).issubset(common) else _key(connection, common)
    change |= _rows(connection, key, common, (part, touched)) if touched else _NO_ROWS
    if not any(change.values()):
        return {}
    totals = {
        f"rows_{side}": _one(connection, f"select count(*) from {side}.marts.{_quoted([table])}") for side in _SIDES
    }
    return {**totals, "key": list(key), **change}


def _parts(
    connection: duckdb.DuckDBPyConnection, table: str, part: Sequence[str], common: list[str], money: list[str]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return of each part of a table (a place's fiscal year, a document) its rows, sums of money and fingerprint.

    Parts that are alike hold the same rows, and are looked at no further. Hashes are hashed once more: those of several columns
    are put together so that one change in an even number of rows would leave no trace in what they add up to.
    """
    figures = f"{_figures(money)}, sum(hash(hash({_quoted(common)})))"
    found = connection.execute(f"select {', '.join([*map(_name, part), figures])} from {table} group by all").fetchall()
    return {row[: len(part)]: row[len(part) :] for row in found}


def _figures(money: list[str]) -> str:
    """Return SQL of the number of rows and the sums of money."""
    return ", ".join(["count(*)", *(f"sum({_quoted([column])})" for column in money)])


def _in_order(parts: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(parts, key=lambda part: [(value is None, value) for value in part])


def _by_year(connection: duckdb.DuckDBPyConnection, table: str, touched: set[Any], money: list[str]) -> dict[str, Any]:
    """Return the fiscal years, of those `touched`, whose number of rows or sums of money differ."""
    years = [year for (year,) in _in_order((year,) for year in touched)]
    within = _within(connection, ["fiscal_year"], [(year,) for year in years])
    before, after = (
        {
            year: tuple(figures)
            for year, *figures in connection.execute(
                f"select fiscal_year, {_figures(money)} from {side}.marts.{_quoted([table])} where {within} group by 1"
            ).fetchall()
        }
        for side in _SIDES
    )
    nothing = (None,) * (1 + len(money))
    pairs = [(year, before.get(year, nothing), after.get(year, nothing)) for year in years]

    def differing(at: int) -> list[dict[str, Any]]:
        return [
            {"fiscal_year": year, "before": old[at], "after": new[at]} for year, old, new in pairs if old[at] != new[at]
        ]

    return {
        "rows_by_year": differing(0),
        "sums_by_year": [{"column": column, **year} for at, column in enumerate(money, 1) for year in differing(at)],
    }


def _rows(
    connection: duckdb.DuckDBPyConnection,
    key: Sequence[str],
    common: list[str],
    touched: tuple[Sequence[str], list[tuple[Any, ...]]],
) -> dict[str, Any]:
    """Count rows added, removed and changed by the table's key in the touched parts, and give examples of each."""
    within = _within(connection, *touched)
    for side in _SIDES:
        connection.execute(
            f"create or replace temp table {side}_rows as"
            f" select hash({_quoted(key)}) as k, hash({_quoted(common)}) as v, {_quoted(key)}"
            f" from {side}_seen where {within}"
        )
    sets = {
        "rows_added": "select * from after_rows anti join before_rows using (k)",
        "rows_removed": "select * from before_rows anti join after_rows using (k)",
        "rows_changed": "select * from (select * from after_rows anti join before_rows using (k, v))"
        " semi join before_rows using (k)",
    }
    counts = {kind: _one(connection, f"select count(*) from ({rows})") for kind, rows in sets.items()}
    examples = {
        kind: _examples(connection, (key, common), (rows, within), kind) for kind, rows in sets.items() if counts[kind]
    }
    return {**counts, "examples": examples}


def _within(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], parts: Sequence[tuple[Any, ...]]) -> str:
    """Return a condition that holds of all rows of these parts; of others perhaps, which are alike on both sides."""
    conditions = ["true"]
    for column, values in zip(columns, zip(*parts, strict=True), strict=True):
        listed, known = f"touched_{column}", sorted({value for value in values if value is not None})
        connection.execute(f"create or replace temp table {listed} as select unnest($1) as part", [known])
        or_none = f" or {_name(column)} is null" if None in values else ""
        conditions.append(f"({_name(column)} in (from {listed}){or_none})")
    return " and ".join(conditions)


def _examples(
    connection: duckdb.DuckDBPyConnection, of: tuple[Sequence[str], list[str]], where: tuple[str, str], kind: str
) -> list[dict[str, Any]]:
    """Return the keys of some rows; of changed ones also what they said and say."""
    key, common = of
    rows, within = where
    chosen = f"(select k from ({rows}) order by {_quoted(key)} limit {EXAMPLES})"
    sides = {"rows_added": ("after",), "rows_removed": ("before",)}.get(kind, ("before", "after"))
    found = [
        connection.execute(
            f"select {_quoted(common)} from {side}_seen where {within} and hash({_quoted(key)}) in {chosen}"
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


def _key(connection: duckdb.DuckDBPyConnection, common: list[str]) -> list[str]:
    """Return the key: the fewest leading columns that name a row in both releases (keys stand first in every table)."""
    for width in range(1, len(common)):
        columns = _quoted(common[:width])
        distinct = " and ".join(
            f"(select count(*) = count(distinct hash({columns})) from {side}_seen)" for side in _SIDES
        )
        if _one(connection, f"select {distinct}"):
            return common[:width]
    return common


def _short(value: Any) -> Any:
    return f"{value[:_SHOWN]}…" if isinstance(value, str) and len(value) > _SHOWN else value


def _one(connection: duckdb.DuckDBPyConnection, question: str) -> Any:
    return connection.execute(question).fetchall()[0][0]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    return f'"{name}"'
