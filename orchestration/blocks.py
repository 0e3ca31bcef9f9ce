"""Where two states of a DuckDB file differ, told by the checksum that each of its blocks begins with.

https://duckdb.org/docs/stable/internals/storage: three headers of 4 KiB, then blocks of 256 KiB, each behind the checksum of
what it holds. A block is always written whole.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HEADERS = 3 * 4096
BLOCK = 256 << 10
_MARK = 8
_AT_ONCE = 16
"""Reads that wait for the disk side by side."""


def differing(file: Path, before: Path) -> list[int]:
    """Return the numbers of the blocks of `file` that `before` does not hold in their place.

    Raises OSError where one of them cannot be read. Found in a process of its own: among threads that compute, each of these
    thousands of reads would wait 5 ms for its turn.
    """
    command = [sys.executable, "-I", __file__, str(file), str(before)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{file} cannot be compared with {before}: {done.stderr.strip().rpartition(chr(10))[2]}")
    return json.loads(done.stdout)


def _marks(file: Path) -> list[bytes]:
    """Return the checksum of each block."""
    with file.open("rb", buffering=0) as stream, ThreadPoolExecutor(_AT_ONCE) as pool:
        descriptor = stream.fileno()
        if hasattr(os, "posix_fadvise"):  # else the system reads on behind each block, which only takes longer
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
        places = range(HEADERS, os.fstat(descriptor).st_size, BLOCK)
        parts = [places[begin::_AT_ONCE] for begin in range(_AT_ONCE)]
        found = list(pool.map(lambda part: [os.pread(descriptor, _MARK, place) for place in part], parts))
    return [found[number % _AT_ONCE][number // _AT_ONCE] for number in range(len(places))]


def main() -> None:
    """Print the numbers of the blocks in which two files differ."""
    marks, before = (_marks(Path(name)) for name in sys.argv[1:])
    print([number for number, mark in enumerate(marks) if before[number : number + 1] != [mark]])


if __name__ == "__main__":
    main()
