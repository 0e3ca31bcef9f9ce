"""Checksums of files that a release is made of: the bytes of each are read once, however many pages name them."""

import hashlib
from pathlib import Path

_known: dict[tuple[int, int, int, int], str] = {}


def sha256(file: Path) -> str:
    """Return the checksum of what `file` holds now."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def of_written(file: Path) -> str:
    """Return the checksum of a file that this process has written, or links to."""
    mark = _mark(file)
    if mark not in _known:
        _known[mark] = sha256(file)
    return _known[mark]


def know(file: Path, digest: str) -> None:
    """Take the checksum of a file from what an earlier release says of it."""
    _known[_mark(file)] = digest


def _mark(file: Path) -> tuple[int, int, int, int]:
    status = file.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
