"""Where the tables of a gate stand: a DuckDB file, or a Spark session. The suites are the same in SQL that both speak."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from expectations import memory
from expectations.sql import literal

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

    from expectations.suites import Suite

    Reader = Callable[[str], tuple[BatchDefinition[Any], dict[str, Any]]]
    """Gives, for the name of a table, what Great Expectations reads, and the parameters of that reading."""

WHOLE = "whole"
"""The name under which the file of the whole tables is attached."""


def connect(database: Path, whole: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open files read only, within the memory that a process of a load may take."""
    connection = duckdb.connect(str(database), read_only=True)
    connection.execute("set memory_limit = ?", [memory.limit()])
    if whole:
        # Connections of one process to one file share what is attached.
        connection.execute(f"attach if not exists {literal(whole)} as {WHOLE} (read_only)")
    return connection


class Tables(Protocol):
    """What a gate asks of an engine."""

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Return how Great Expectations reads the tables of the suite."""
        ...

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query, by column name."""
        ...

    def whole(self, schema: str) -> str:
        """Return what stands before the names of the whole tables, where those that are judged hold some rows only."""
        ...


class DuckDBTables:
    """A DuckDB file, opened read only; `whole` is the one of the whole tables, where `database` holds some of their rows.

    A context manager: afterwards no connection of Great Expectations keeps the files, whoever moves them next.
    """

    def __init__(self, database: Path, whole: Path | None = None) -> None:
        self._database = database
        self._whole = whole
        self._opened: list[SQLDatasource] = []

    def __enter__(self) -> "DuckDBTables":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for source in self._opened:
            source.get_execution_engine().close()
            source.get_engine().dispose()

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Read through SQLAlchemy."""
        from expectations import engine  # noqa: PLC0415

        address = engine.url(self._database, suite.schema, self._whole)
        source = context.data_sources.add_sql(suite.gate, connection_string=address)
        self._opened.append(source)
        return lambda table: (
            source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all"),
            {},
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Ask DuckDB."""
        with connect(self._database, self._whole) as connection:
            found = connection.execute(query)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def whole(self, schema: str) -> str:
        """Return the schema, of the other file where there is one."""
        return f"{WHOLE}.{schema}." if self._whole else f"{schema}."


class SparkTables:
    """A Spark session (pyspark.sql.SparkSession) in which the tables are known by their names."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Read Spark's frames."""
        source = context.data_sources.add_spark(suite.gate, persist=False)
        return lambda table: (
            source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("all"),
            {"dataframe": self._session.table(_prefix(suite.schema) + table)},
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Ask Spark."""
        return [row.asDict() for row in self._session.sql(query).collect()]

    def whole(self, schema: str) -> str:
        """Return the schema: what is judged is whole."""
        return _prefix(schema)


def _prefix(schema: str) -> str:
    """Return what stands before the name of a Spark table: views of the lake have no schema."""
    return "" if schema == "main" else f"{schema}."
