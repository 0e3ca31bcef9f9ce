"""Frames → Parquet, atomically: the lake that every document ever read stays in.

A *part* holds some documents of one fiscal year, one file a table, under one name in every table's folder:
`<table>/fiscal_year=<year>/<part>.parquet`. `index.json` says which parts are valid; it is replaced by a rename after
all files of a part are on the disk, so that a process killed at any moment leaves a lake that reads as before.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from ingest.schema import LAKE, empty

NO_YEAR = "__HIVE_DEFAULT_PARTITION__"
"""Folder name of documents whose fiscal year nothing says; engines read it as NULL."""
PARTS_A_YEAR = 16
"""With more parts than this in a year, the next one takes them all in."""
_EMPTY_PART = "empty"


@dataclass(frozen=True)
class Part:
    """A valid part and the documents in it."""

    fiscal_year: int | None
    name: str
    documents: tuple[str, ...]


def parts(lake: Path) -> list[Part]:
    """Return the valid parts; none for a lake that does not exist yet."""
    index = lake / "index.json"
    if not index.exists():
        return []
    return [Part(**{**part, "documents": tuple(part["documents"])}) for part in json.loads(index.read_text("utf-8"))]


def documents(lake: Path) -> pl.DataFrame:
    """Return the lake's document table (`LAKE["document"]`), ordered by `document_id`."""
    frames = [pl.read_parquet(_file(lake, "document", part), hive_partitioning=False) for part in parts(lake)]
    return pl.concat([empty("document"), *frames], how="diagonal_relaxed").sort("document_id")


def read(lake: Path, document_ids: Collection[str]) -> dict[str, pl.DataFrame]:
    """Return the rows of `document_ids` in each table."""
    wanted = sorted(document_ids)
    touched = [part for part in parts(lake) if set(wanted).intersection(part.documents)]
    return {table: pl.concat([empty(table), *(_rows(lake, table, part, wanted) for part in touched)]) for table in LAKE}


def rows(lake: Path) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {
        table: sum(pl.scan_parquet(_file(lake, table, part)).select(pl.len()).collect().item() for part in parts(lake))
        for table in LAKE
    }


def store(lake: Path, frames: dict[str, pl.DataFrame]) -> None:
    """Add `frames` (each of `LAKE`) to the lake; documents that it holds already are replaced, wherever they are."""
    new = frames["document"]
    _replace(lake, set(new["document_id"]), frames, new["fiscal_year"].unique().to_list())


def forget(lake: Path, document_ids: Collection[str]) -> None:
    """Take all rows of `document_ids` out of the lake."""
    _replace(lake, set(document_ids), {table: empty(table) for table in LAKE}, [])


def sweep(lake: Path) -> None:
    """Remove the files of no valid part, and write the empty part of every table, which keeps its schema readable."""
    for table in LAKE:
        valid = {_file(lake, table, part) for part in parts(lake)}
        blank = _file(lake, table, Part(None, _EMPTY_PART, ()))
        for file in (lake / table).glob("*/*"):
            if file not in valid | {blank}:
                file.unlink()
        write_parquet(_for_file(empty(table), table), blank)


def _replace(lake: Path, gone: set[str], frames: dict[str, pl.DataFrame], years: list[int | None]) -> None:
    """Write anew what `gone` touches: each year's rows of `frames`, with what stays of the parts that held `gone`."""
    before = parts(lake)
    touched = [part for part in before if gone.intersection(part.documents)]
    after = [part for part in before if part not in touched]
    for year in {*years, *(part.fiscal_year for part in touched)}:
        merged = [part for part in touched if part.fiscal_year == year]
        others = [part for part in after if part.fiscal_year == year]
        if len(others) >= PARTS_A_YEAR:
            merged, after = merged + others, [part for part in after if part not in others]
        part = _write_part(lake, year, frames, merged, gone)
        after += [part] if part else []
    _write_index(lake, after)
    sweep(lake)


def _write_part(
    lake: Path, year: int | None, frames: dict[str, pl.DataFrame], merged: list[Part], gone: set[str]
) -> Part | None:
    """Write one part of `year`: the new rows, and the rows of `merged` without `gone`; None where nothing is left."""
    here = frames["document"].filter(pl.col("fiscal_year").eq_missing(year))["document_id"]
    kept = sorted({document for part in merged for document in part.documents} - gone)
    held = sorted({*here, *kept})
    if not held:
        return None
    tables = {
        table: pl.concat(
            [
                *(_rows(lake, table, part, kept) for part in merged if kept),
                _for_file(frames[table].filter(pl.col("document_id").is_in(here.to_list())), table),
            ],
            how="diagonal_relaxed",
        )
        for table in LAKE
    }
    fingerprint = hashlib.sha256(tables["document"].sort("document_id").write_ndjson().encode()).hexdigest()[:16]
    part = Part(year, fingerprint, tuple(held))
    for table, frame in tables.items():
        write_parquet(frame, _file(lake, table, part))
    return part


def _rows(lake: Path, table: str, part: Part, kept: list[str]) -> pl.DataFrame:
    return pl.read_parquet(_file(lake, table, part), hive_partitioning=False).filter(pl.col("document_id").is_in(kept))


def _for_file(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Check the frame's schema: a column that is missing here would be a silent NULL downstream."""
    if frame.schema != LAKE[table]:
        raise ValueError(f"lake table {table}: expected {LAKE[table]}, got {frame.schema}")
    return frame


def _file(lake: Path, table: str, part: Part) -> Path:
    year = NO_YEAR if part.fiscal_year is None else part.fiscal_year
    return lake / table / f"fiscal_year={year}" / f"{part.name}.parquet"


def write_parquet(frame: pl.DataFrame, file: Path) -> None:
    """Write `frame` to `file` so that the name never stands for half a file."""
    with _replacing(file) as aside:
        frame.write_parquet(aside, compression="zstd")


def _write_index(lake: Path, valid: list[Part]) -> None:
    ordered = sorted(valid, key=lambda part: (part.fiscal_year or 0, part.name))
    with _replacing(lake / "index.json") as aside:
        aside.write_text(json.dumps([asdict(part) for part in ordered], indent=1), "utf-8")


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Give a place beside `file`; when all is written there, sync it to the disk and rename it to `file`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.aside")
    yield aside
    _sync(aside)
    aside.rename(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
