"""A release, opened for reading: questions in, rows out."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any

import duckdb
import pyarrow as pa

from orchestration import metrics
from orchestration.release import Release

Row = dict[str, Any]
Ask = Callable[..., list[Row]]
"""Answers a question, and takes its parameters as a mapping where it has any."""
_REMEMBERED = 512
"""Answers that are kept: a release never changes, and people look at the same pages."""
_MEASURED = (
    "rowid as place, declaration_key, fiscal_year, project_id, project_name, department_id, department_name, total_yuan"
)
"""The columns of fct_declaration that charts and metrics need, and where a declaration stands."""
_preparing = threading.Lock()
_numbers = count(1)


class Book:
    """One release, opened by its own path, read only and closed to the world outside it."""

    def __init__(self, opened: Release) -> None:
        self.release = opened
        self._connection = duckdb.connect(str(opened.database), read_only=True)
        self._connection.execute("attach if not exists ':memory:' as prepared (read_write)")
        [(self._marts,)] = self._connection.execute("select current_database() || '.marts'").fetchall()
        # DuckDB lets nobody take this back while the file is open.
        self._connection.execute("set enable_external_access = false")
        self._remembered = lru_cache(_REMEMBERED)(self._ask)

    def ask(self, question: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the rows that answer `question`; `$name` in it stands for a parameter. Not for long answers."""
        return self._remembered(question, tuple(sorted((parameters or {}).items())))

    def one(self, question: str, parameters: Mapping[str, Any] | None = None) -> Row:
        """Return the only row of an answer."""
        return self.ask(question, parameters)[0]

    @contextmanager
    def picked(self, chosen: str, parameters: Mapping[str, Any], *, measured: bool = False) -> Iterator[Ask]:
        """Evaluate the declarations `chosen` once, and show them as `picked` to several questions about them.

        `chosen` selects rows of fct_declaration with their rowid. `measured` gives, in place of all columns, those that
        charts need with those of metrics.per_declaration.
        """
        rows, place = "fct_declaration", "rowid"
        if measured:
            self.prepare()
            rows, place = "prepared.main.measured", "place"
        schema = f"prepared.picked_{next(_numbers)}"

        def ask(question: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
            with self._cursor(schema) as own:
                return _rows(own.execute(question, dict(parameters or {})))

        with self._cursor() as cursor:
            cursor.execute(f"create schema {schema}")
            try:
                # A place is a number: to find a declaration again by it costs a tenth of comparing keys.
                cursor.execute(
                    f"create table {schema}.places as select rowid as place from ({chosen})", dict(parameters)
                )
                cursor.execute(
                    f"create view {schema}.picked as select d.* from {rows} as d"
                    f" semi join {schema}.places as p on d.{place} = p.place"
                )
                yield ask
            finally:
                cursor.execute(f"drop schema {schema} cascade")

    def prepare(self) -> None:
        """Measure every declaration once, in memory: pages of many declarations then need not join all their facts."""
        # Books of one release share DuckDB's instance of it, and so what is prepared.
        with _preparing, self._cursor() as cursor:
            cursor.execute(f"create table if not exists prepared.measured as {metrics.per_declaration(_MEASURED)}")

    def stream(self, question: str, parameters: Mapping[str, Any]) -> pa.RecordBatchReader:
        """Return an answer of any length, batch by batch."""
        return self._cursor().sql(question, params=dict(parameters)).to_arrow_reader(50_000)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _cursor(self, *before: str) -> duckdb.DuckDBPyConnection:
        """Return a connection of its own to one request: pages are made in several threads.

        Tables of the schemas `before` come before those of the release.
        """
        cursor = self._connection.cursor()
        cursor.execute(f"set search_path = '{','.join([*before, self._marts])}'")
        return cursor

    def _ask(self, question: str, parameters: tuple[tuple[str, Any], ...]) -> list[Row]:
        with self._cursor() as cursor:
            return _rows(cursor.execute(question, dict(parameters)))


def _rows(answer: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
