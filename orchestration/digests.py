"""Checksums of files that a release is made of: the bytes of each are read once, however many pages name them.

A file has one sha256; a larger one has one of each piece. A load on top writes few pieces of a large database. The others keep
the checksum that the release before says of them, so that nobody reads them again; and were one of them not the same any
more, it would be found by that checksum.
"""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

from orchestration import blocks
from orchestration import pieces as read
from orchestration.pieces import pieces

LARGE = 1 << 30
"""Bytes beyond which a file has a checksum a piece."""
Checksum = Mapping[str, Any]
"""`bytes` and `sha256`; or `bytes`, `piece_bytes` and `sha256_of_pieces`, as `split -b 16M --filter=sha256sum` gives them."""

_known: dict[tuple[int, int, int, int], Future[Checksum]] = {}
_lock = Lock()


def sha256(file: Path) -> str:
    """Return the sha256 of what `file` holds now."""
    digest = hashlib.sha256()
    for piece in pieces(file):
        digest.update(piece)
    return digest.hexdigest()


def holds(file: Path, told: Checksum) -> bool:
    """Whether `file` holds the bytes of which `told` is the checksum; all are read."""
    if file.stat().st_size != told.get("bytes"):
        return False
    if "sha256_of_pieces" not in told:
        return sha256(file) == told.get("sha256")
    numbers = range(read.count(file, told["piece_bytes"]))
    return list(_of(file, numbers, told["piece_bytes"])) == told["sha256_of_pieces"]


def of_written(file: Path, before: tuple[Path, Checksum] | None = None) -> Checksum:
    """Return the checksum of a file that this process has written, or links to.

    `before` is an earlier state of the same database, and its checksum.
    """
    mark = _mark(file)
    with _lock:
        digest = _known.setdefault(mark, Future())
        is_mine = not digest.running() and not digest.done() and digest.set_running_or_notify_cancel()
    if is_mine:
        try:
            digest.set_result(_checksum(file, before))
        except Exception as error:  # raised below, to whoever waits for it: else they would wait for ever
            digest.set_exception(error)
    return digest.result()


def know(file: Path, told: Checksum) -> None:
    """Take the checksum of a file from what an earlier release says of it."""
    _known[_mark(file)] = known = Future()
    known.set_result(told)


def _checksum(file: Path, before: tuple[Path, Checksum] | None) -> Checksum:
    size = file.stat().st_size
    if size <= LARGE:
        return {"bytes": size, "sha256": sha256(file)}
    sums: list[str | None] = [None] * read.count(file)
    if before and before[1].get("piece_bytes") == read.SIZE:
        known = before[1]["sha256_of_pieces"][: len(sums)]
        sums[: len(known)] = known
        for number in _written(file, before[0]):
            sums[number] = None
    missing = [number for number, known in enumerate(sums) if known is None]
    for number, digest in zip(missing, _of(file, missing, read.SIZE), strict=True):
        sums[number] = digest
    return {"bytes": size, "piece_bytes": read.SIZE, "sha256_of_pieces": sums}


def _written(file: Path, before: Path) -> set[int]:
    """Return the pieces of a database that hold its headers, its end, or a block that `before` does not hold there."""
    begins = [blocks.HEADERS + number * blocks.BLOCK for number in blocks.differing(file, before)]
    ends = [min(begin + blocks.BLOCK, file.stat().st_size) - 1 for begin in begins]
    return {0, read.count(file) - 1, *(place // read.SIZE for place in [*begins, *ends])}


def _of(file: Path, numbers: Iterable[int], size: int) -> Iterable[str]:
    return (hashlib.sha256(piece).hexdigest() for piece in pieces(file, numbers, size))


def _mark(file: Path) -> tuple[int, int, int, int]:
    status = file.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
