"""Large files, read piece by piece, the next piece while one is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path

SIZE = 16 << 20
"""After each piece a thread waits for its turn, up to 5 ms where another one computes: few large ones wait little."""


def pieces(file: Path) -> Iterator[memoryview]:
    """Give the bytes of `file`; each piece begins with a page of memory, and holds until the next one is asked for."""
    buffers = [mmap(-1, SIZE) for _ in range(2)]
    with file.open("rb", buffering=0) as stream, ThreadPoolExecutor(1) as reader:
        coming = reader.submit(stream.readinto, buffers[0])
        while size := coming.result():
            coming = reader.submit(stream.readinto, buffers[1])
            yield memoryview(buffers[0])[:size]
            buffers.reverse()
