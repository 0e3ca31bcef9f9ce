"""How Great Expectations reads DuckDB: a dialect that keeps a result's rows, and the context that speaks it.

Great Expectations reads a result after the connection went back to its pool, whose rollback empties a DuckDB cursor.
Here a cursor takes its rows as soon as the statement has run, and columns come from DuckDB's own catalogue instead of
PostgreSQL's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import duckdb_engine
import sqlalchemy
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Connection

from expectations import tables

DIALECT = "bufferedduckdb"


class _BufferedCursor:
    """A DB-API cursor that holds all rows of its last statement."""

    def __init__(self, wrapper: duckdb_engine.ConnectionWrapper, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = wrapper
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Any = None, context: object = None) -> None:
        self._connection.execute(statement, parameters or None)
        self.description = self._connection.description
        self._rows = self._connection.fetchall() if self.description else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class _BufferedConnection(duckdb_engine.ConnectionWrapper):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._raw = connection

    def cursor(self) -> _BufferedCursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _BufferedCursor(self, self._raw)


class BufferedDuckDB(duckdb_engine.Dialect):
    """duckdb-engine's dialect, read-only, with buffered cursors and DuckDB's own catalogue."""

    supports_statement_cache = False

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Open the database read only, at the schema that the address names."""
        asked = cparams["url_config"]
        connection = tables.connect(Path(cparams["database"]), Path(asked["whole"]) if "whole" in asked else None)
        connection.execute("use " + asked["schema"])
        return _BufferedConnection(connection)

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is such a table or view."""
        return bool(self.get_columns(connection, table_name, schema))

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[dict[str, Any]]:
        """Return name and type of each column."""
        query = sqlalchemy.text(
            "select column_name, data_type, is_nullable from duckdb_columns()"
            " where database_name = current_database() and table_name = :table"
            " and schema_name = coalesce(:schema, current_schema()) order by column_index"
        )
        rows = connection.execute(query, {"table": table_name, "schema": schema}).fetchall()
        return [
            {"name": name, "type": _sqlalchemy_type(data_type), "nullable": nullable, "default": None}
            for name, data_type, nullable in rows
        ]


_TYPES: dict[str, type[sqlalchemy.types.TypeEngine[Any]]] = {
    "DECIMAL": sqlalchemy.types.Numeric,
    "DOUBLE": sqlalchemy.types.Float,
    "FLOAT": sqlalchemy.types.Float,
    "BOOLEAN": sqlalchemy.types.Boolean,
    "DATE": sqlalchemy.types.Date,
    "TIMESTAMP": sqlalchemy.types.DateTime,
    "TIMESTAMP WITH TIME ZONE": sqlalchemy.types.DateTime,
    "VARCHAR": sqlalchemy.types.String,
}


def _sqlalchemy_type(data_type: str) -> sqlalchemy.types.TypeEngine[Any]:
    name = data_type.split("(", maxsplit=1)[0]
    if name.endswith("INT") or name.endswith("INTEGER"):
        return sqlalchemy.types.BigInteger()
    return _TYPES.get(name, sqlalchemy.types.NullType)()


registry.register(DIALECT, __name__, BufferedDuckDB.__name__)


def url(database: Path, schema: str, whole: Path | None = None) -> str:
    """Return the SQLAlchemy address under which Great Expectations opens the tables of a schema of `database`."""
    return f"{DIALECT}:///{database}?schema={schema}{f'&whole={quote(str(whole))}' if whole else ''}"
