"""What a build on top of a release has written anew, as a small database of its own.

dbt's incremental models forget rows by a key that a relation of the work file lists (dbt_project/macros/history.sql), and
append what takes their place. These rows, and all of the small tables that are built whole, are taken out once; the gate
judges them, the comparison looks at them, and they are what the release before lacks.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations import memory
from expectations.sql import literal
from orchestration import dictionary
from orchestration.home import Home
from orchestration.transform import FIXED

NOTHING, EVERYTHING = "false", "true"
_FORGETS = re.compile(r"\bforget(\w*)\((?:'(\w+)'(?:, *'(\w+)')?)?")
_NAMED = {"_judged": ("declaration_key", "int_judged_declaration"), "_since": (None, "int_touched_project")}
"""Key and relation of the macros that name them themselves."""
_BY_DOCUMENT = {"document_id", "version_key"}
_DOCUMENTS = "touched_document"


@dataclass(frozen=True)
class Anew:
    """The rows written anew."""

    database: Path
    """Schema `marts`: what the gate judges, of every incremental table the rows that may differ from the release before, of
    the others all that these refer to. Schema `keys`: which they are."""
    conditions: dict[str, str]
    """Table → SQL condition of these rows in the release before, with `database` attached as `anew`."""
    years: frozenset[int | None]
    """Their fiscal years."""
    has_declarations: bool
    """Whether there are declarations among them: without any, a gate says nothing of them alone."""


def write(home: Home) -> Anew:
    """Take out what the last build of `home` has written anew."""
    database = home.warehouse / "anew.duckdb"
    database.unlink(missing_ok=True)
    forgotten = {name: _forgotten(config) for name, config in _models(dictionary.manifest(home)).items()}
    with duckdb.connect(str(database)) as connection:
        connection.execute("set memory_limit = ?", [memory.limit()])
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach {literal(home.database)} as built (read_only)")
        connection.execute(f"attach {literal(home.work)} as work (read_only)")
        connection.execute("create schema marts")
        connection.execute("create schema keys")
        for relation in {by[1] for by in forgotten.values() if isinstance(by, tuple)}:
            connection.execute(f"create table keys.{relation} as select * from work.intermediate.{relation}")
        # Of a document all is looked at or nothing: its lines, and the versions of its forms.
        connection.execute(
            f"create table keys.{_DOCUMENTS} as select document_id from keys.int_changed_document union"
            " select document_id from built.marts.fct_declaration_version"
            " where declaration_key in (select declaration_key from keys.int_touched_declaration)"
        )
        conditions = {name: _condition(connection, name, by) for name, by in forgotten.items()}

        def take_out(name: str) -> None:
            condition = conditions[name]
            judged = "true" if condition == NOTHING else condition
            with connection.cursor() as cursor:
                if condition == EVERYTHING and "document_id" in _columns(cursor, "built", name):
                    judged = _listed("document_id", _DOCUMENTS)
                rows = rows_where(f'built.marts."{name}"', judged)
                cursor.execute(f'create table marts."{name}" as {rows}')

        with ThreadPoolExecutor(os.cpu_count()) as pool:  # one of these searches seldom keeps all processors busy
            list(pool.map(take_out, conditions))
        years = _years(connection)
        (declarations,) = connection.execute("select count(*) from marts.fct_declaration").fetchall()[0]
    attached = {name: condition.replace("keys.", "anew.keys.") for name, condition in conditions.items()}
    return Anew(database, attached, years, declarations > 0)


def rows_where(table: str, condition: str) -> str:
    """Return SQL of the rows of `table` that meet a condition.

    Few rows of a large table are found by the columns of the condition alone, then read by their place: DuckDB reads all columns
    of what it looks through otherwise.
    """
    if condition in {NOTHING, EVERYTHING}:
        return f"select * from {table} where {condition}"
    return f"select * from {table} where rowid in (select rowid from {table} where {condition})"


def _models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what dbt is told of each published table."""
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return {model["name"]: model["config"] for model in models if model["schema"] == "marts"}


def _forgotten(config: dict[str, Any]) -> tuple[str, str] | str:
    """Return the key by which a table's rows are forgotten, and the relation that lists it."""
    if FIXED in config["tags"]:
        return NOTHING
    found = [_FORGETS.search(hook["sql"]) for hook in config["pre-hook"]]
    if config["materialized"] != "incremental" or len(found) != 1 or found[0] is None:
        return EVERYTHING
    macro, *said = found[0].groups()
    key, relation = (own or named for own, named in zip(said, _NAMED.get(macro, (None, None)), strict=True))
    return (key, relation) if key and relation else EVERYTHING


def _condition(connection: duckdb.DuckDBPyConnection, table: str, by: tuple[str, str] | str) -> str:
    if isinstance(by, str):
        return by
    key, relation = by
    if key in _BY_DOCUMENT:
        key, relation = "document_id", _DOCUMENTS
    listed = _listed(key, relation)
    both = "fiscal_year" in _columns(connection, "built", table) and "fiscal_year" in _columns(
        connection, "anew", relation
    )
    years = connection.execute(f"select distinct fiscal_year from keys.{relation}").fetchall() if both else []
    # Rows of other years are not even read.
    if years and (None,) not in years:
        return f"fiscal_year in ({', '.join(str(year) for (year,) in years)}) and {listed}"
    return listed


def _listed(key: str, relation: str) -> str:
    return f"{key} in (select {key} from keys.{relation})"


def _years(connection: duckdb.DuckDBPyConnection) -> frozenset[int | None]:
    """Return the years of all that is listed, those of the folders in which documents lie and lay among them."""
    found = connection.execute(
        "select fiscal_year from keys.int_judged_declaration union select fiscal_year from keys.int_touched_declaration"
        " union select lake_year from work.intermediate.int_touched_year where is_written"
    )
    return frozenset(year for (year,) in found.fetchall())


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> set[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ?", [database, table]
    )
    return {column for (column,) in found.fetchall()}
