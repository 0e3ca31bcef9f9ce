"""The release's tables as Parquet: a file each, a folder of files by fiscal year where a table is large.

Whoever reads `<table>.parquet` reads either. What a year's file holds and a release before holds too is not written twice: it
is one file under both names.
"""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import digests

LARGE = 250_000
"""Rows from which a table is a folder."""
_OPTIONS = "format parquet, compression zstd, compression_level 1"


@dataclass(frozen=True)
class Kept:
    """What stays of a release before."""

    folder: Path
    years: Mapping[str, Collection[int | None]]
    """Table → fiscal years of which its rows may differ; a table that is not named is written whole."""
    sums: Mapping[str, str]
    """The checksum of each file, by its path below `folder`."""

    def take(self, file: Path, place: Path) -> None:
        """Give a file of the release, which never changes, a second name; where the file system has none, copy it."""
        try:
            os.link(file, place)
        except OSError:
            shutil.copyfile(file, place)
        else:
            digests.know(place, self.sums[str(file.relative_to(self.folder))])


def write(connection: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[str], kept: Kept | None = None) -> None:
    """Write `tables` of the schema in use of `connection` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        place, of_year = folder / f"{table}.parquet", _of_year(connection, table)
        (rows,) = connection.execute(f'select count(*) from "{table}"').fetchall()[0]
        if of_year is None or rows < LARGE:
            connection.execute(f'copy "{table}" to {_quoted(place)} ({_OPTIONS})')
            continue
        place.mkdir()
        before = kept.folder / folder.name / place.name if kept and table in kept.years else None
        if kept and before and before.is_dir():
            years = kept.years[table]
            for file in before.iterdir():
                if file.name not in map(_name, years):
                    kept.take(file, place / file.name)
        else:
            years = _years(connection, table)
        for year in years:
            _write_year(connection, f'select * from "{table}" where {of_year.format(_is(year))}', place / _name(year))


def _write_year(connection: duckdb.DuckDBPyConnection, rows: str, file: Path) -> None:
    connection.execute(f"copy ({rows}) to {_quoted(file)} ({_OPTIONS}, write_empty_file false)")


def _of_year(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Return SQL that a row is of a year, of its document's where it has none; None for a table without years."""
    columns = {name for (name, *_) in connection.execute(f'describe "{table}"').fetchall()}
    if "fiscal_year" in columns:
        return "fiscal_year {}"
    of_document = "document_id in (select document_id from dim_document where fiscal_year {})"
    return of_document if "document_id" in columns else None


def _years(connection: duckdb.DuckDBPyConnection, table: str) -> list[int | None]:
    columns = {name for (name, *_) in connection.execute(f'describe "{table}"').fetchall()}
    source = table if "fiscal_year" in columns else "dim_document"
    return [
        year for (year,) in connection.execute(f'select distinct fiscal_year from "{source}" order by 1').fetchall()
    ]


def _is(year: int | None) -> str:
    return "is null" if year is None else f"= {year}"


def _name(year: int | None) -> str:
    return "none.parquet" if year is None else f"{year}.parquet"


def _quoted(place: Any) -> str:
    return "'" + str(place).replace("'", "''") + "'"
