"""Large files, read piece by piece, the next piece while one is used."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path

SIZE = 16 << 20
"""After each piece a thread waits for its turn, up to 5 ms where another one computes: few large ones wait little."""


def count(file: Path, size: int | None = None) -> int:
    """Return of how many pieces `file` is."""
    return -(-file.stat().st_size // (size or SIZE))


def pieces(file: Path, numbers: Iterable[int] | None = None, size: int | None = None) -> Iterator[memoryview]:
    """Give pieces of `file`, all or those with these numbers; each begins with a page of memory, and holds until the next one
    is asked for."""
    size = size or SIZE
    buffers = [mmap(-1, size) for _ in range(2)]
    waiting = iter(range(count(file, size)) if numbers is None else numbers)
    with file.open("rb", buffering=0) as stream, ThreadPoolExecutor(1) as reader:

        def read(buffer: mmap, number: int | None) -> int:
            return 0 if number is None else os.preadv(stream.fileno(), [buffer], number * size)

        coming = reader.submit(read, buffers[0], next(waiting, None))
        while read_of_it := coming.result():
            coming = reader.submit(read, buffers[1], next(waiting, None))
            yield memoryview(buffers[0])[:read_of_it]
            buffers.reverse()
