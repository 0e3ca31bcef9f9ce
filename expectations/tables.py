"""Where the tables of a gate stand: a DuckDB file, or a Spark session. The suites are the same in SQL that both speak."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

    from expectations.suites import Suite

    Reader = Callable[[str], tuple[BatchDefinition[Any], dict[str, Any]]]
    """Gives, for the name of a table, what Great Expectations reads, and the parameters of that reading."""


class Tables(Protocol):
    """What a gate asks of an engine."""

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Return how Great Expectations reads the tables of the suite."""
        ...

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query, by column name."""
        ...


class DuckDBTables:
    """A DuckDB file, opened read only."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Read through SQLAlchemy."""
        from expectations import engine  # noqa: PLC0415

        address = engine.url(self._database, suite.schema)
        source = context.data_sources.add_sql(suite.gate, connection_string=address)
        return lambda table: (
            source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all"),
            {},
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Ask DuckDB."""
        with duckdb.connect(str(self._database), read_only=True) as connection:
            found = connection.execute(query)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class SparkTables:
    """A Spark session (pyspark.sql.SparkSession) in which the tables are known by their names."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def reader(self, context: "EphemeralDataContext", suite: "Suite") -> "Reader":
        """Read Spark's frames."""
        source = context.data_sources.add_spark(suite.gate, persist=False)
        schema = "" if suite.schema == "main" else f"{suite.schema}."
        return lambda table: (
            source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("all"),
            {"dataframe": self._session.table(schema + table)},
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Ask Spark."""
        return [row.asDict() for row in self._session.sql(query).collect()]
