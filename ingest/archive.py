"""The archive: every byte ever loaded, under the name of its sha256, written once and never changed."""

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from ingest.readers.errors import Unreadable
from ingest.readers.zips import member

_CHUNK: Final = 1024 * 1024
_PARTIAL: Final = ".partial"
_ASIDE: Final = ".damaged"
DAMAGED: Final = "damaged_in_archive"
"""Reason of a document whose bytes are lost: those in the archive are others, and nobody has landed them again."""
_NAME: Final = re.compile(r"([0-9a-f]{64})\.[a-z0-9]+")
"""Whatever else lies in the archive (lost+found, a note, what was set aside) is none of its files."""
_LANDED: Final = pl.col("status").is_in(["document", "container", "quarantined"]) & pl.col("byte_size").is_not_null()
_FEW: Final = 100
"""Up to so many files are brought to the disk one by one; beyond, one sync of the whole system is faster."""


def keep(documents: pl.DataFrame, archive: Path) -> pl.DataFrame:
    """Copy the landed bytes of documents into the archive; what is there already is not copied again.

    Args:
        documents: DOCUMENTS (ingest.documents). A zip is kept whole, for all its members.
        archive: the folder `archive`; made where it is missing.

    Returns:
        `documents` with `path` leading into the archive. A file whose bytes are no longer those of its document_id
        has the status `quarantined` and the reason `changed_while_loading`.

    Raises:
        OSError: the disk is full or the folder cannot be written; nothing half-written stays under a final name.
    """
    archive.mkdir(parents=True, exist_ok=True)
    for leftover in archive.glob(f"*{_PARTIAL}"):
        leftover.unlink()
    files = (
        documents.filter(_LANDED)
        .select(
            "path",
            digest=pl.coalesce("container_id", "document_id"),
            extension=pl.when(pl.col("container_id").is_not_null())
            .then(pl.lit("zip"))
            .otherwise(pl.col("format").fill_null("bin")),
        )
        .unique("digest", maintain_order=True)
    )
    present = set(os.listdir(archive))
    kept: list[tuple[str, bytes]] = []
    written: list[tuple[Path, Path]] = []
    for path, digest, extension in files.iter_rows():
        target = archive / f"{digest}.{extension}"
        if target.name not in present:
            partial = archive / f"{target.name}{_PARTIAL}"
            if not _copy(Path(os.fsdecode(path)), partial, digest):
                continue
            written.append((partial, target))
        kept.append((digest, os.fsencode(target)))
    _publish(written, archive)
    for aside in archive.glob(f"*{_ASIDE}"):
        if aside.with_suffix("").exists():  # a whole copy is back
            aside.unlink()
    return _point(documents, pl.DataFrame(kept, schema={"digest": pl.String, "kept": pl.Binary}, orient="row"))


def content(path: bytes, place: str | None = None) -> BinaryIO:
    """Open the bytes of a document: its `path` and `member`.

    Raises:
        Unreadable: the file is gone, or the member cannot be read.
    """
    try:
        return member(path, place) if place is not None else Path(os.fsdecode(path)).open("rb")
    except OSError as error:
        raise Unreadable("unreadable_file", error.strerror or str(error)) from error


def held(archive: Path) -> dict[str, Path]:
    """Return the archived files by the sha256 that is their name."""
    found = (_NAME.fullmatch(name) for name in sorted(os.listdir(archive) if archive.exists() else ()))
    return {named[1]: archive / named[0] for named in found if named}


def verify(archive: Path, only: Collection[str] | None = None) -> Iterator[tuple[str, str]]:
    """Give each archived file whose bytes are not those of its name: (file name, the sha256 that it has).

    `only`: the sha256 of those to look at; None: all.
    """
    files = {name: path for name, path in held(archive).items() if only is None or name in only}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, path), digest in zip(files.items(), pool.map(_sha256, files.values()), strict=True):
            if digest != name:
                yield path.name, digest


def set_aside(archive: Path, name: str) -> Path:
    """Set a file aside whose bytes have changed, so that a whole copy can take its place; return where it lies.

    It may be the last copy, and most of it what it was: `keep` removes it once a whole one is back.
    """
    aside = archive / f"{name}{_ASIDE}"
    (archive / name).replace(aside)
    return aside


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _copy(source: Path, target: Path, digest: str) -> bool:
    """Copy a file and say whether the bytes copied are those of `digest`; if not, nothing stays."""
    try:
        with source.open("rb") as read, target.open("wb") as write:
            found = hashlib.sha256()
            while chunk := read.read(_CHUNK):
                found.update(chunk)
                write.write(chunk)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
    if found.hexdigest() != digest:
        target.unlink()
        return False
    return True


def _publish(written: list[tuple[Path, Path]], archive: Path) -> None:
    """Bring copies to the disk, then give them their names: a name never stands for half a file."""
    if len(written) > _FEW:
        os.sync()
    else:
        for partial, _ in written:
            _sync(partial)
    for partial, target in written:
        partial.chmod(0o444)
        partial.rename(target)
    if written:
        _sync(archive)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(documents: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Lead documents into the archive; those that did not get there changed under our hands."""
    changed = pl.col("kept").is_null() & _LANDED
    return (
        documents.with_columns(digest=pl.coalesce("container_id", "document_id"))
        .join(kept, on="digest", how="left", maintain_order="left")
        .with_columns(
            path=pl.coalesce("kept", "path"),
            status=pl.when(changed).then(pl.lit("quarantined")).otherwise("status"),
            reason=pl.when(changed).then(pl.lit("changed_while_loading")).otherwise("reason"),
        )
        .select(documents.columns)
    )
