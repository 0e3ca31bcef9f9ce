"""A large file copied while other work is done."""

import fcntl
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from mmap import ACCESS_READ, MADV_SEQUENTIAL, mmap
from pathlib import Path
from threading import Event
from types import TracebackType

_DIRECT = getattr(os, "O_DIRECT", 0)
_BLOCK = 4096
"""Bytes of which a direct write has to be a multiple."""
_AT_ONCE = 128 << 20
"""Bytes of one write. After each a thread waits for its turn, up to 5 ms where another one computes: few wait little."""


class Copy:
    """Copies `source` to `place` in a thread of its own; a context manager, at whose end what is unfinished is given up."""

    def __init__(self, source: Path, place: Path) -> None:
        self._source = source
        self._place = place
        self._pool = ThreadPoolExecutor(1)
        self._stop = Event()
        self._copied: Future[None] | None = None

    def begin(self) -> None:
        """Begin, unless that was done before."""
        self._copied = self._copied or self._pool.submit(self._copy)

    def wait(self) -> None:
        """Return when the copy is whole and in its place; raises what went wrong, and can be called again then."""
        self.begin()
        copied, self._copied = self._copied, None
        assert copied is not None  # noqa: S101
        copied.result()
        self._copied = copied

    def __enter__(self) -> "Copy":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._pool.shutdown()

    def _copy(self) -> None:
        aside = self._place.with_name(f"{self._place.name}.copy")
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            if write_copy(self._source, aside, self._stop.is_set):
                aside.replace(self._place)
        finally:
            aside.unlink(missing_ok=True)


def write_copy(source: Path, place: Path, is_given_up: Callable[[], bool]) -> bool:
    """Copy a file, past the system's cache where the file system lets us; return whether it was copied to its end.

    What goes through the cache costs the processor four times as much, and lets others wait for the disk when all of it is
    written at once. The source is mapped, so that the disk takes its bytes from where they lie: nobody copies them in memory,
    and what is not there yet is read ahead. Where a byte cannot be read, the write says so (EFAULT).
    """
    target = _opened(place)
    try:
        whole = _mapped(source)
        for begin in range(0, len(whole), _AT_ONCE):
            if is_given_up():
                return False
            piece = whole[begin : begin + _AT_ONCE]
            if len(piece) % _BLOCK:
                _through_cache(target)
            _write(target, piece)
        os.fsync(target)
    finally:
        os.close(target)
    return True


def _mapped(file: Path) -> memoryview:
    """Return the bytes of a file without reading them."""
    with file.open("rb") as stream:
        if not os.fstat(stream.fileno()).st_size:  # nothing cannot be mapped
            return memoryview(b"")
        mapped = mmap(stream.fileno(), 0, access=ACCESS_READ)
    mapped.madvise(MADV_SEQUENTIAL)
    return memoryview(mapped)


def _opened(place: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        return os.open(place, flags | _DIRECT, 0o644)
    except OSError:  # a file system without direct writes: it has a cache only
        return os.open(place, flags, 0o644)


def _write(target: int, rest: memoryview) -> None:
    while rest:
        try:
            written = os.write(target, rest)
        except OSError:  # of direct writes, what it says may not be why it cannot go on
            if not _through_cache(target):
                raise
            continue
        rest = rest[written:]


def _through_cache(target: int) -> bool:
    """Let the file's writes go through the cache from here on; return whether they did not yet."""
    flags = fcntl.fcntl(target, fcntl.F_GETFL)
    fcntl.fcntl(target, fcntl.F_SETFL, flags & ~_DIRECT)
    return bool(flags & _DIRECT)
