"""The release's tables as Parquet: a file each, a folder of files by fiscal year and region where a table is large.

Whoever reads `<table>.parquet` reads either. What a file of a part holds and a release before holds too is not written twice: it
is one file under both names. A file that differs is made of the one before and of the rows that were written anew, for the
rows of a part lie all over a large table.
"""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from expectations.sql import literal
from orchestration import digests
from orchestration.anew import Anew
from orchestration.trouble import Trouble

LARGE = 250_000
"""Rows from which a table is a folder."""
_OPTIONS = "format parquet, compression zstd, compression_level 1"
Part = tuple[int | None, str | None]
"""A fiscal year and a region; of a table that names no region in its rows, the year alone."""


@dataclass(frozen=True)
class Kept:
    """What stays of a release before."""

    folder: Path
    parts: Mapping[str, Collection[Part]]
    """Table → parts of which its rows may differ; a table that is not named is written whole."""
    sums: Mapping[str, digests.Checksum]
    """The checksum of each file, by its path below `folder`."""
    anew: Anew
    """The rows that were written anew since."""

    def state_of(self, name: str) -> tuple[Path, digests.Checksum]:
        """Return a file of the release, and its checksum."""
        return self.folder / name, self.sums[name]

    def take(self, file: Path, place: Path) -> None:
        """Give a file of the release, which never changes, a second name; where the file system has none, copy it."""
        try:
            os.link(file, place)
        except OSError:
            shutil.copyfile(file, place)
        else:
            digests.know(place, self.sums[str(file.relative_to(self.folder))])


@dataclass(frozen=True)
class _Layout:
    """How the rows of a table lie in files."""

    table: str
    columns: frozenset[str]

    @property
    def has_years(self) -> bool:
        """Whether its rows are of a fiscal year, or of a document, which is."""
        return not self.columns.isdisjoint({"fiscal_year", "document_id"})

    @property
    def has_regions(self) -> bool:
        """Whether its rows say both."""
        return self.columns.issuperset({"fiscal_year", "region_code"})

    @property
    def parts(self) -> str:
        """SQL of its parts."""
        source = self.table if "fiscal_year" in self.columns else "dim_document"
        return (
            f'select distinct fiscal_year, {"region_code" if self.has_regions else "null"} from "{source}" order by all'
        )

    def rows(self, part: Part, source: str) -> str:
        """Return SQL of a part's rows in `source`."""
        of_region = f"region_code {_is(part[1])}" if self.has_regions else "true"
        return f"select * from {source} where {self.of_year(part[0])} and {of_region}"

    def of_year(self, year: int | None) -> str:
        """Return SQL that a row is of a year."""
        is_of = f"fiscal_year {_is(year)}"
        if "fiscal_year" in self.columns:
            return is_of
        return f"document_id in (select document_id from dim_document where {is_of})"

    def name(self, part: Part) -> str:
        """Return the name of a part's file."""
        said = ["none" if value is None else str(value) for value in part]
        return f"{'-'.join(said if self.has_regions else said[:1])}.parquet"

    def is_of(self, folder: Path) -> bool:
        """Whether the files of a release before lie so; those of an earlier version may not."""
        return folder.is_dir() and all(("-" in file.stem) == self.has_regions for file in folder.iterdir())


def write(connection: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[str], kept: Kept | None = None) -> None:
    """Write `tables` of the schema in use of `connection` into `folder`; raises Trouble where its files lack rows.

    The little that a load on top has to write keeps one processor busy: then a table is written on each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schema = connection.execute("select current_database() || '.' || current_schema()").fetchall()[0][0]
    if kept:
        connection.execute(f"attach {literal(kept.anew.database)} as anew (read_only)")
    rows = {table: connection.execute(f'select count(*) from "{table}"').fetchall()[0][0] for table in tables}

    def write_one(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"use {schema}")
            _write_table(cursor, folder, table, rows[table], kept)

    with ThreadPoolExecutor(os.cpu_count() if kept else 1) as pool:
        list(pool.map(write_one, sorted(rows, key=lambda table: -rows[table])))


def _write_table(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, rows: int, kept: Kept | None) -> None:
    described = connection.execute(f'describe "{table}"').fetchall()
    place, layout = folder / f"{table}.parquet", _Layout(table, frozenset(name for (name, *_) in described))
    if not layout.has_years or rows < LARGE:
        connection.execute(f'copy "{table}" to {literal(place)} ({_OPTIONS})')
        return
    place.mkdir()
    before = kept.folder / folder.name / place.name if kept and table in kept.parts else None
    if kept and before and layout.is_of(before):
        _follow(connection, place, layout, kept, before)
    else:
        _write(connection, place, layout)
    _require(connection, place, rows)


def _follow(connection: duckdb.DuckDBPyConnection, place: Path, layout: _Layout, kept: Kept, before: Path) -> None:
    """Write the files of the parts that may differ from those in the folder `before`; take the others from there."""
    parts, written = kept.parts[layout.table], kept.anew.conditions[layout.table]
    names = set(map(layout.name, parts))
    for file in before.iterdir():
        if file.name not in names:
            kept.take(file, place / file.name)
    for part in parts:
        rows = f"""{layout.rows(part, f'anew.marts."{layout.table}"')} and ({written})"""
        file = before / layout.name(part)
        if file.exists():
            rows = f"select * from read_parquet({literal(file)}) where ({written}) is not true union all by name {rows}"
        _copy(connection, rows, place / file.name)


def _write(connection: duckdb.DuckDBPyConnection, place: Path, layout: _Layout) -> None:
    """Write all parts. Rows of several regions lie side by side: those of a year are read once, however many."""
    parts = connection.execute(layout.parts).fetchall()
    for year, of_year in groupby(sorted(parts, key=_in_order), lambda part: part[0]):
        source, regions = f'"{layout.table}"', list(of_year)
        if len(regions) > 1:
            rows_of_year = f"select * from {source} where {layout.of_year(year)}"
            connection.execute(f"create or replace temp table rows_of_year as {rows_of_year}")
            source = "rows_of_year"
        for part in regions:
            _copy(connection, layout.rows(part, source), place / layout.name(part))
    connection.execute("drop table if exists rows_of_year")


def _copy(connection: duckdb.DuckDBPyConnection, rows: str, file: Path) -> None:
    """Write rows as a file, none where there are no rows."""
    connection.execute(f"copy ({rows}) to {literal(file)} ({_OPTIONS}, write_empty_file false)")


def _in_order(part: Part) -> tuple[int, str]:
    return part[0] or 0, part[1] or ""


def _require(connection: duckdb.DuckDBPyConnection, place: Path, rows: int) -> None:
    """Refuse files that have not as many rows as their table."""
    (found,) = connection.execute(f"select count(*) from {literal(place / '*.parquet')}").fetchall()[0]
    if found != rows:
        raise Trouble(
            f"{place.name} has {found} rows where its table has {rows}; nothing was published. Load again: everything is then"
            " judged, compared and written anew.",
            f"{place.name} 有 {found} 行，而相应的表有 {rows} 行；未发布任何内容。请重新装载，届时将全部重新检查、比较和写出。",
        )


def _is(value: int | str | None) -> str:
    """Return SQL that a column has a value."""
    if value is None:
        return "is null"
    return f"= {value}" if isinstance(value, int) else f"= {literal(value)}"
