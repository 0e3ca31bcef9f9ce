"""The landing folder → documents: what each file is, whose year it is of, and which bytes are already known."""

import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from ingest.names import fiscal_years, published_on
from ingest.readers.errors import Unreadable
from ingest.readers.formats import TEXT_FORMATS, sniff
from ingest.readers.limits import LIMITS
from ingest.readers.zips import SEPARATOR, Budget, members

DOCUMENTS: Final = pl.Schema(
    {
        "document_id": pl.String,  # sha256 of the bytes, hex; where these cannot be had, of the name
        "file_name": pl.String,  # path under the landing folder, NFC; "outer.zip!inner/name.docx" inside an archive
        "other_names": pl.List(pl.String),  # the same bytes under further names
        "format": pl.String,  # txt md html xlsx xls docx doc pdf zip; NULL for files that are not read
        "byte_size": pl.Int64,
        "fiscal_year": pl.Int32,  # from folder or file name, else NULL
        "fiscal_year_from": pl.String,  # folder, file_name
        "folder_region": pl.String,  # left to the table of regions
        "published_on": pl.Date,  # a date in the file name
        "modified_at": pl.Datetime("us", "UTC"),
        "status": pl.String,  # document, container (a zip), duplicate, other_year, ignored, quarantined
        "reason": pl.String,  # why it is quarantined, a code of messages.yml
        "detail": pl.String,
        "path": pl.Binary,  # the file that holds the bytes; binary, for a file's name need not be UTF-8
        "member": pl.String,  # place inside that file where it is a zip, else NULL
        "container_id": pl.String,  # sha256 of the zip, else NULL
        "file_size": pl.Int64,  # with path, mtime and inode: the key under which hashes are used again
        "modified_ns": pl.Int64,
        "inode": pl.UInt64,
    }
)
"""One row a file or archive member that was found, whatever became of it, sorted by file name."""

_STAT: Final = ("path", "file_size", "modified_ns", "inode")
_FILES: Final = pl.Schema({"file_name": pl.String, **{name: DOCUMENTS[name] for name in _STAT}})
_FACTS: Final = pl.Schema(
    {
        name: DOCUMENTS[name]
        for name in (
            *_STAT,
            "document_id",
            "format",
            "byte_size",
            "status",
            "reason",
            "detail",
            "member",
            "container_id",
        )
    }
)
_LEFTOVER = re.compile(
    r"\..*|~.*|.*~|#.*#|.*\.(tmp|swp|part|crdownload|download)|thumbs\.db|desktop\.ini|__macosx", re.I
)
"""Names that systems, editors and browsers leave behind."""
_SMALL = 8 * 1024 * 1024


def scan(source: Path, years: list[int] | None = None, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """List every file below the landing folder.

    Args:
        source: the landing folder, or one file.
        years: documents whose names say another fiscal year get the status `other_year`.
        known: what an earlier scan returned: a file with the same path, size, mtime and inode is not opened again.

    Returns:
        DOCUMENTS. Only rows of status `document` have something to read.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    if not source.exists():
        raise FileNotFoundError(
            f"{source}: no such folder; create it and put documents into it, or name another. "
            "（投放目录不存在；请创建并放入文件，或指定其他目录。）"
        )
    files = pl.DataFrame(list(_walk(source)), schema=_FILES, orient="row")
    seen = _facts_of(known) if known is not None else pl.DataFrame(schema=_FACTS)
    new = files.join(seen, on=_STAT, how="anti")
    looked = pl.DataFrame([fact for file in new.iter_rows(named=True) for fact in _look(file, source)], schema=_FACTS)
    frame = files.join(pl.concat([seen, looked]), on=_STAT, how="left").with_columns(
        pl.concat_str("file_name", pl.concat_str(pl.lit(SEPARATOR), "member").fill_null("")),
        modified_at=pl.from_epoch(pl.col("modified_ns") // 1000, "us").dt.replace_time_zone("UTC"),
        folder_region=pl.lit(None, pl.String),
    )
    frame = frame.with_columns(published_on(pl.col("file_name"))).hstack(fiscal_years(frame.get_column("file_name")))
    return _select_years(_mark_duplicates(frame), years).select(DOCUMENTS.names()).match_to_schema(DOCUMENTS)


def _walk(source: Path) -> Iterator[tuple[str, bytes, int, int, int]]:
    """Give name, path, size, mtime and inode of every file, and of each ignored or locked folder as a whole.

    Entries of the folder, not paths, for an unchanged folder of many files is nothing but this walk.
    """
    if not source.is_dir():
        status = source.stat()
        yield _name(source.name), os.fsencode(source), status.st_size, status.st_mtime_ns, status.st_ino
        return
    skip = len(os.fspath(source).rstrip(os.sep)) + 1
    todo = [os.fspath(source)]
    while todo:
        folder = todo.pop()
        try:
            entries = list(os.scandir(folder))
        except PermissionError:
            status = os.stat(folder)
            yield _name(folder[skip:]), os.fsencode(folder), 0, status.st_mtime_ns, status.st_ino
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not _LEFTOVER.fullmatch(entry.name):
                todo.append(entry.path)
                continue
            try:
                status = entry.stat(follow_symlinks=not entry.is_symlink() or os.path.exists(entry.path))
            except FileNotFoundError:  # taken away since the folder was listed
                continue
            yield _name(entry.path[skip:]), os.fsencode(entry.path), status.st_size, status.st_mtime_ns, status.st_ino


def _name(path: str) -> str:
    """Return a path as text: NFC (macOS writes NFD); a name that is not UTF-8 was written in GB18030."""
    raw = os.fsencode(path.replace(os.sep, "/"))
    try:
        return unicodedata.normalize("NFC", raw.decode())
    except UnicodeDecodeError:
        return raw.decode("gb18030", "backslashreplace")


def _facts_of(known: pl.DataFrame) -> pl.DataFrame:
    """Return what an earlier scan knew of files; a file that could not be opened is tried again."""
    again = pl.col("reason").eq_missing("unreadable_file")
    status = (
        pl.when(pl.col("reason").is_not_null())
        .then(pl.lit("quarantined"))
        .when(pl.col("status").is_in(["duplicate", "other_year"]))
        .then(pl.when(pl.col("format") == "zip").then(pl.lit("container")).otherwise(pl.lit("document")))
        .otherwise("status")
    )
    return (
        known.filter(~again.any().over(_STAT))
        .select(pl.col(_FACTS.names()).exclude("status"), status=status)
        .select(_FACTS.names())
    )


def _look(file: dict[str, Any], source: Path) -> list[dict[str, Any]]:
    """Read one file below `source`: its hash and format; of a zip, those of each member too."""
    path = Path(os.fsdecode(file["path"]))
    key = {name: file[name] for name in _STAT}
    blank = dict.fromkeys(_FACTS.names())
    if path.is_dir() and not path.is_symlink() and not _LEFTOVER.fullmatch(path.name):
        return [blank | key | _lost(file["file_name"], Unreadable("unreadable_file", "folder"))]
    if path.is_symlink() and path != source and _leads_out(path, source):
        return [blank | key | _lost(file["file_name"], Unreadable("link_outside"))]
    if _LEFTOVER.fullmatch(path.name) or not path.is_file():
        return [blank | key | {"status": "ignored"}]
    try:
        with path.open("rb") as opened:
            stream = io.BytesIO(opened.read()) if file["file_size"] <= _SMALL else opened
            outer = _identify(stream, path.name)
            inner = _look_inside(stream, outer["document_id"], Budget()) if outer["status"] == "container" else []
    except OSError as error:
        lost = _lost(file["file_name"], Unreadable("unreadable_file", error.strerror or str(error)))
        return [blank | key | lost]
    if inner and inner[-1]["member"] is None:  # the zip as a whole is broken or a bomb
        outer |= inner.pop()
    return [blank | key | fact for fact in (outer, *inner)]


def _leads_out(link: Path, source: Path) -> bool:
    """Say whether a link leads out of the landing folder: whoever may put files there need not be allowed to read them."""
    return link.exists() and not link.resolve().is_relative_to(source.resolve())


def _look_inside(
    archive: BinaryIO, container_id: str, budget: Budget, depth: int = 1, prefix: str = ""
) -> list[dict[str, Any]]:
    """Identify the members of a zip, and of zips in it; a last fact without `member` says why it cannot be opened."""
    facts: list[dict[str, Any]] = []
    try:
        for member in members(archive, budget):
            place = {"member": prefix + member.name, "container_id": container_id}
            if member.stream is None:
                facts.append(_lost(container_id + member.name, member.error) | place)
            elif any(_LEFTOVER.fullmatch(part) for part in member.name.split("/")):
                facts.append(place | {"status": "ignored"})
            else:
                facts.extend(_look_at_member(member.name, member.stream, place, budget, depth))
    except Unreadable as error:
        facts.append({"status": "quarantined", "reason": error.reason, "detail": error.detail, "member": None})
    return facts


def _look_at_member(
    name: str, stream: BinaryIO, place: dict[str, str], budget: Budget, depth: int
) -> list[dict[str, Any]]:
    fact = _identify(stream, name) | place
    if fact["status"] != "container":
        return [fact]
    if depth >= LIMITS.zip_depth:
        return [fact | {"status": "quarantined", "reason": "zip_nested_too_deep"}]
    inner = _look_inside(stream, place["container_id"], budget, depth + 1, place["member"] + SEPARATOR)
    if inner and inner[-1]["member"] is None:
        fact |= inner.pop() | place
    return [fact, *inner]


def _identify(stream: BinaryIO, name: str) -> dict[str, Any]:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # pyright: ignore[reportArgumentType] (it can readinto)
    fact: dict[str, Any] = {"document_id": digest, "byte_size": stream.seek(0, os.SEEK_END)}
    try:
        kind = sniff(stream, name)
    except Unreadable as error:
        return fact | {"status": "quarantined", "reason": error.reason, "detail": error.detail or None}
    if kind not in (*TEXT_FORMATS, "zip") and fact["byte_size"] > LIMITS.document_bytes:
        return fact | {"format": kind, "status": "quarantined", "reason": "too_large"}
    return fact | {"format": kind, "status": "container" if kind == "zip" else "document"}


def _lost(name: str, error: Unreadable | None) -> dict[str, Any]:
    """Describe a file whose bytes cannot be had: its name stands in for them."""
    reason, detail = (error.reason, error.detail) if error else ("corrupt_file", "")
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"document_id": digest, "status": "quarantined", "reason": reason, "detail": detail or None}


def _mark_duplicates(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the first of several names of the same bytes as the document; the others become its `other_names`."""
    frame = frame.sort("file_name", maintain_order=True).with_row_index("_row")
    kept = pl.col("status").is_in(["document", "quarantined", "container"])
    first = pl.col("_row").min().over("document_id")
    others = (
        frame.filter(kept)
        .filter(pl.col("_row") != first)
        .group_by("document_id", maintain_order=True)
        .agg(other_names=pl.col("file_name"))
    )
    again = frame.filter(kept).filter(pl.col("_row") != first).select("_row", again=pl.lit(True))
    return (
        frame.join(again, on="_row", how="left")
        .join(others, on="document_id", how="left")
        .sort("_row")
        .with_columns(
            status=pl.when("again").then(pl.lit("duplicate")).otherwise("status"),
            other_names=pl.when(pl.col("again").is_null()).then("other_names"),
        )
    )


def _select_years(frame: pl.DataFrame, years: list[int] | None) -> pl.DataFrame:
    if not years:
        return frame
    # Of the same bytes under names of several years, one is enough.
    wanted = pl.col("fiscal_year").is_in(years).fill_null(value=False).any().over("document_id")
    other = pl.col("status").is_in(["document", "quarantined"]) & ~wanted & pl.col("fiscal_year").is_not_null()
    return frame.with_columns(status=pl.when(other).then(pl.lit("other_year")).otherwise("status"))
