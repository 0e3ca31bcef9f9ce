"""A stream of a compound file ([MS-CFB]), the container of old Office files: their sectors, put in order again."""

import struct
from collections.abc import Sequence
from typing import Final

_ENTRY: Final = 128
_IN_HEADER: Final = 109
"""So many places of the allocation table's own sectors stand in the header, the rest in a chain of sectors."""


def stream(data: bytes, names: Sequence[str]) -> bytes:
    """Return the first stream that has one of the names; b"" where there is none.

    Raises:
        struct.error, ValueError, IndexError: the file is no compound file, or broken.
    """
    file = _Sectors(data)
    directory = file.chain(file.first_directory)
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    found = {_name(entry): struct.unpack_from("<II", entry, 116) for entry in reversed(entries)}
    start, size = next((found[name] for name in names if name in found), (0, 0))
    if size >= file.cutoff:
        return file.chain(start)[:size]
    return file.small(struct.unpack_from("<I", entries[0], 116)[0], start)[:size] if size else b""


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace")


class _Sectors:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._shift, self._small_shift = struct.unpack_from("<HH", data, 30)
        if not data.startswith(b"\xd0\xcf\x11\xe0") or self._shift not in {9, 12} or self._small_shift != 6:
            raise ValueError("no compound file")
        (self.first_directory,) = struct.unpack_from("<I", data, 48)
        self.cutoff, self._first_small_table = struct.unpack_from("<II", data, 56)
        self._table = _numbers(b"".join(map(self._sector, self._table_sectors())))

    def chain(self, start: int) -> bytes:
        """Return the bytes of the sectors that follow each other from `start` on."""
        data, shift = self._data, self._shift
        return b"".join(
            [data[(number + 1) << shift : (number + 2) << shift] for number in _followed(self._table, start)]
        )

    def small(self, container: int, start: int) -> bytes:
        """Return the bytes of a small stream: pieces of 64 bytes in the stream that begins at sector `container`."""
        held, table = self.chain(container), _numbers(self.chain(self._first_small_table))
        return b"".join(held[number << 6 : (number + 1) << 6] for number in _followed(table, start))

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) << self._shift : (number + 2) << self._shift]

    def _table_sectors(self) -> list[int]:
        """Return the places of the allocation table's sectors: no more than the file needs."""
        most = (len(self._data) >> (2 * self._shift - 2)) + 1
        (following,) = struct.unpack_from("<I", self._data, 68)
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        while len(found) < most and (more := _numbers(self._sector(following))):
            found += more[:-1]
            following = more[-1]
        return [number for number in found[:most] if number < len(self._data) >> self._shift]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _followed(table: Sequence[int], start: int) -> list[int]:
    """Follow a chain to its end.

    Raises:
        ValueError: it goes in a circle.
    """
    found: list[int] = []
    while start < len(table):
        found.append(start)
        if len(found) > len(table):
            raise ValueError("a chain of sectors without end")
        start = table[start]
    return found
