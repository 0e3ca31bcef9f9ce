"""Frames → Parquet, atomically: the lake that every document ever read stays in.

A *part* holds some documents of one fiscal year, one file a table, under one name in every table's folder:
`<table>/fiscal_year=<year>/<part>.parquet`. `index.json` says which parts are valid; it is replaced by a rename after
all files of a part are on the disk, so that a process killed at any moment leaves a lake that reads as before.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from ingest.schema import LAKE, empty

NO_YEAR = "__HIVE_DEFAULT_PARTITION__"
"""Folder name of documents whose fiscal year nothing says; engines read it as NULL."""
PARTS_A_YEAR = 16
"""With as many parts in a year, the small ones become one."""
SMALL = 100_000
"""A part of fewer lines is small."""
EMPTY = "empty"
"""Name of the part without rows that keeps the schema of every table readable."""


@dataclass(frozen=True)
class Part:
    """A valid part and what is in it."""

    fiscal_year: int | None
    name: str
    documents: tuple[str, ...]
    rows: dict[str, int]
    """Rows by table."""

    def to_json(self) -> str:
        """Return the part as it stands in the index."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Part":
        """Read what `to_json` wrote."""
        return _part(json.loads(text))


def parts(lake: Path) -> list[Part]:
    """Return the valid parts; none for a lake that does not exist yet.

    Raises:
        ValueError: the index is not as it was written.
    """
    index = lake / "index.json"
    if not index.exists():
        return []
    try:
        return [_part(part) for part in json.loads(index.read_text("utf-8"))]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{index} is not as it was written: {error}") from error


def _part(entry: dict[str, Any]) -> Part:
    part = Part(**{**entry, "documents": tuple(entry["documents"])})
    if unsaid := LAKE.keys() - part.rows.keys():
        raise KeyError(*unsaid)
    return part


def documents(lake: Path) -> pl.DataFrame:
    """Return the lake's document table (`LAKE["document"]`), ordered by `document_id`."""
    return _table(lake, "document", parts(lake)).sort("document_id")


def read(lake: Path, document_ids: Collection[str]) -> dict[str, pl.DataFrame]:
    """Return the rows of `document_ids` in each table of LAKE."""
    wanted = set(document_ids)
    return _merge(lake, [part for part in parts(lake) if wanted.intersection(part.documents)], wanted)


def rows(lake: Path) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {table: sum(part.rows[table] for part in parts(lake)) for table in LAKE}


def refused(lake: Path, reason: str) -> pl.DataFrame:
    """Return the `document_id` of each document that was quarantined as a whole for `reason`."""
    held = [part for part in parts(lake) if part.rows["quarantine"]]
    of_reason = _table(lake, "quarantine", held).filter(pl.col("line_start") == 0, pl.col("reason") == reason)
    return of_reason.select("document_id").unique()


def missing(lake: Path) -> list[Part]:
    """Return the valid parts of which a file is not there."""
    return [part for part in parts(lake) if not all(_file(lake, table, part).exists() for table in LAKE)]


def damaged(lake: Path) -> list[Part]:
    """Return the valid parts of which a file is not there or holds other bytes: every byte is read."""
    gone = missing(lake)
    return [
        part for part in parts(lake) if part in gone or _name(_file(lake, table, part) for table in LAKE) != part.name
    ]


def drop(lake: Path, dropped: Collection[Part]) -> None:
    """Let parts count no longer; their documents have to be read again."""
    _write_index(lake, [part for part in parts(lake) if part not in dropped])
    sweep(lake)


class Writer:
    """Adds frames to the lake; they count once all are committed.

    What the lake held of the same documents is replaced, in whichever year it was. A large document may come in slices,
    as several calls of `add` before the one `commit`.
    """

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self._replaced: set[str] = set()
        self._added: list[Part] = []

    def add(self, frames: dict[str, pl.DataFrame], years: pl.DataFrame) -> None:
        """Write `frames`.

        Args:
            frames: every table of LAKE; the document table has a document's row in its last slice only.
            years: `document_id` and `fiscal_year` of all documents in `frames`.

        Raises:
            ValueError: a table lacks a column, or has rows of a document that is not in `years`.
        """
        self.adopt(store(self._lake, frames, years))
        self._replaced.update(years["document_id"])

    def adopt(self, stored: Iterable[Part]) -> None:
        """Take over what `store` wrote, here or on another machine."""
        for part in stored:
            self._added.append(part)
            self._replaced.update(part.documents)

    def commit(self) -> None:
        """Let what was added count; without this call it never does."""
        before = parts(self._lake)
        _write_index(self._lake, [*_without(self._lake, before, self._replaced), *self._added])
        sweep(self._lake)


def store(lake: Path, frames: dict[str, pl.DataFrame], years: pl.DataFrame) -> list[Part]:
    """Write `frames` (see `Writer.add`) as one part a year; they count once a `Writer` has adopted and committed them."""
    for table, frame in frames.items():
        strangers = frame.join(years, on="document_id", how="anti").height
        if strangers:
            raise ValueError(f"lake table {table}: {strangers} rows belong to no document of this batch")
    by_year = years.partition_by("fiscal_year", maintain_order=True)
    return [
        _write_part(
            lake,
            here.item(0, "fiscal_year"),
            frames if len(by_year) == 1 else _only(frames, set(here["document_id"])),
        )
        for here in by_year
    ]


def sweep(lake: Path) -> None:
    """Remove the files of no valid part, and write the empty part of every table, which keeps its schema readable."""
    valid = parts(lake)
    blank = Part(None, EMPTY, (), {})
    for table in LAKE:
        named = {_file(lake, table, part) for part in [*valid, blank]}
        for file in (lake / table).glob("*/*"):
            if file not in named:
                file.unlink()
        _write_blank(table, _file(lake, table, blank))


def write_parquet(frame: pl.DataFrame, file: Path) -> None:
    """Write `frame` to `file` so that the name never stands for half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.aside")
    frame.write_parquet(aside, compression="zstd")
    _place({aside: file})


def _write_blank(table: str, file: Path) -> None:
    """Write a table without rows, unless it stands there already: every load comes by."""
    written = BytesIO()
    empty(table).write_parquet(written, compression="zstd")
    if not file.exists() or file.read_bytes() != written.getvalue():
        write_parquet(empty(table), file)


def _without(lake: Path, before: list[Part], replaced: set[str]) -> list[Part]:
    """Return the parts of `before` without the documents `replaced`; a year with many small parts gets one of them."""
    after: list[Part] = []
    for year in dict.fromkeys(part.fiscal_year for part in before):
        here = [part for part in before if part.fiscal_year == year]
        crowded = len(here) >= PARTS_A_YEAR
        merged = [p for p in here if replaced.intersection(p.documents) or (crowded and p.rows["source_line"] < SMALL)]
        after += [part for part in here if part not in merged]
        kept = {document for part in merged for document in part.documents} - replaced
        if kept:
            after.append(_write_part(lake, year, _merge(lake, merged, kept)))
    return after


def _merge(lake: Path, merged: Iterable[Part], kept: set[str]) -> dict[str, pl.DataFrame]:
    return _only({table: _table(lake, table, merged) for table in LAKE}, kept)


def _table(lake: Path, table: str, of: Iterable[Part]) -> pl.DataFrame:
    """Return the rows of `table`; a part that older code wrote may lack columns, they are NULL."""
    frames = [pl.read_parquet(_file(lake, table, part), hive_partitioning=False) for part in of]
    return pl.concat([empty(table), *frames], how="diagonal_relaxed")


def _only(frames: dict[str, pl.DataFrame], document_ids: set[str]) -> dict[str, pl.DataFrame]:
    wanted = pl.Series(sorted(document_ids), dtype=pl.String).implode()
    return {table: frame.filter(pl.col("document_id").is_in(wanted)) for table, frame in frames.items()}


def _write_part(lake: Path, year: int | None, frames: dict[str, pl.DataFrame]) -> Part:
    """Write one part, named by the content of its files."""
    asides: dict[str, Path] = {}
    for table, schema in LAKE.items():
        if not set(schema.items()) <= set(frames[table].schema.items()):
            raise ValueError(f"lake table {table}: expected {schema}, got {frames[table].schema}")
        folder = _file(lake, table, Part(year, "", (), {})).parent
        folder.mkdir(parents=True, exist_ok=True)
        asides[table] = folder / f".{uuid4().hex}.aside"
        frames[table].write_parquet(asides[table], compression="zstd")
    named = pl.concat([frames[table].get_column("document_id").unique() for table in ("document", "source_line")])
    held = tuple(named.unique().sort())
    part = Part(year, _name(asides.values()), held, {table: frame.height for table, frame in frames.items()})
    _place({aside: _file(lake, table, part) for table, aside in asides.items()})
    return part


def _name(files: Iterable[Path]) -> str:
    """Return the name of a part: the fingerprint of its files."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as written:
            digest.update(hashlib.file_digest(written, "sha256").digest())
    return digest.hexdigest()[:16]


def _file(lake: Path, table: str, part: Part) -> Path:
    year = NO_YEAR if part.fiscal_year is None else part.fiscal_year
    return lake / table / f"fiscal_year={year}" / f"{part.name}.parquet"


def _write_index(lake: Path, valid: list[Part]) -> None:
    lake.mkdir(parents=True, exist_ok=True)
    ordered = sorted(valid, key=lambda part: (part.fiscal_year or 0, part.name))
    aside = lake / ".index.aside"
    aside.write_text(json.dumps([asdict(part) for part in ordered], indent=1), "utf-8")
    _place({aside: lake / "index.json"})


def _place(written: Mapping[Path, Path]) -> None:
    """Bring files that were written aside to the disk, then give each its name: aside → file."""
    with ThreadPoolExecutor(len(written)) as pool:  # the disk is waited for once, not once a file
        list(pool.map(_sync, written))
        for aside, file in written.items():
            aside.rename(file)
        list(pool.map(_sync, {file.parent for file in written.values()}))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
