"""Zip archives: their members, safely. Nothing is ever written under a name that an archive gives."""

import lzma
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final

from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS

SEPARATOR: Final = "!"
"""Stands between an archive's name and its member's: "outer.zip!inner/name.docx"."""

_IN_MEMORY = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)


@dataclass(frozen=True)
class Member:
    """A file in an archive: its place there, and its bytes or why they cannot be had."""

    name: str
    stream: BinaryIO | None
    error: Unreadable | None = None


@dataclass
class Budget:
    """What an archive, with all archives in it, may still unpack to."""

    left: int = LIMITS.unpacked_bytes

    def spend(self, archive: zipfile.ZipFile) -> None:
        """Take off what an archive says it unpacks to.

        Raises:
            Unreadable: so much is not left.
        """
        self.left -= sum(info.file_size for info in archive.infolist())
        if self.left < 0:
            raise Unreadable("zip_bomb", "archives in archives")


def members(archive: BinaryIO, budget: Budget | None = None) -> Iterator[Member]:
    """Give every file of an archive in its order; a member's stream holds until the next one is asked for.

    Args:
        archive: its bytes.
        budget: what is left for it, where it lies in another archive.

    Raises:
        Unreadable: the archive as a whole is broken, or a bomb.
    """
    with _open(archive) as opened:
        if budget:
            budget.spend(opened)
        for name, info in _named(opened).items():
            try:
                with _unpack(opened, info) as stream:
                    yield Member(name, stream)
            except Unreadable as error:
                yield Member(name, None, error)


def member(path: bytes, place: str) -> BinaryIO:
    """Open the member at `place` of the archive that lies at `path`; it may lie in archives inside the archive.

    Archives stay open for the members that are asked for next: to read the directory of a large one again for each of
    its members takes hours.

    Raises:
        OSError: the file cannot be opened.
        Unreadable: it cannot be read.
    """
    status = os.stat(path)
    chain: tuple[str, ...] = ()
    while True:
        archive = _kept_open(path, (status.st_ino, status.st_size, status.st_mtime_ns), chain)
        if place in archive.named:
            return _unpack(archive.opened, archive.named[place])
        outer = next((place[:at] for at in _places(place, SEPARATOR) if place[:at] in archive.named), None)
        if outer is None:
            raise Unreadable("corrupt_file", f"no member {place}")
        chain, place = (*chain, outer), place[len(outer) + 1 :]


@dataclass(frozen=True)
class _Archive:
    opened: zipfile.ZipFile
    named: dict[str, zipfile.ZipInfo]


@lru_cache(maxsize=4)
def _kept_open(path: bytes, stamp: tuple[int, int, int], chain: tuple[str, ...]) -> _Archive:
    """Open an archive, or the one that `chain` leads to inside it; `stamp` tells a file from its successor."""
    if chain:
        outer = _kept_open(path, stamp, chain[:-1])
        opened = _open(_unpack(outer.opened, outer.named[chain[-1]]))
    else:
        opened = _open(os.fsdecode(path))
    return _Archive(opened, _named(opened))


def _places(text: str, mark: str) -> list[int]:
    return [at for at, char in enumerate(text) if char == mark]


def check(archive: zipfile.ZipFile) -> None:
    """Look for a bomb in the directory of an archive (docx and xlsx are such too), before anything is unpacked.

    Raises:
        Unreadable: sizes, ratios or the number of members are beyond limits.yml.
    """
    infos = archive.infolist()
    if len(infos) > LIMITS.zip_members:
        raise Unreadable("zip_too_many_members", str(len(infos)))
    packed, unpacked = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    blown = [i for i in infos if i.file_size > max(LIMITS.ratio_from_bytes, LIMITS.ratio * i.compress_size)]
    if blown or unpacked > LIMITS.unpacked_bytes:
        raise Unreadable("zip_bomb", f"{packed:,} → {unpacked:,} bytes")
    if archive.fp is not None and packed > archive.fp.seek(0, 2):
        raise Unreadable("zip_bomb", "members overlap")


def _open(archive: BinaryIO | str) -> zipfile.ZipFile:
    try:
        opened = zipfile.ZipFile(archive)
    except (FileNotFoundError, PermissionError):
        raise
    except _BROKEN as error:
        raise Unreadable("corrupt_file", str(error)) from error
    check(opened)
    return opened


def _named(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Name the members; a name that stands twice gets a number, so that neither is lost."""
    seen: Counter[str] = Counter()
    named: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if not info.is_dir():
            name = _decoded(info)
            seen[name] += 1
            named[name if seen[name] == 1 else f"{name} ({seen[name]})"] = info
    return named


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return a member's name; where the archive does not say UTF-8, Windows has written it in the local code page."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw = info.filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """Copy a member's bytes into a nameless file; zipfile stops at the size that the directory declares."""
    if _is_unsafe(info):
        raise Unreadable("zip_unsafe_member")
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise Unreadable("encrypted")
    spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
    try:
        with archive.open(info) as packed:
            while chunk := packed.read(_CHUNK):
                spool.write(chunk)
    except _BROKEN as error:
        spool.close()
        raise Unreadable("corrupt_file", str(error)) from error
    spool.seek(0)
    return spool  # pyright: ignore[reportReturnType] (a binary stream in all but its declared base)


def _is_unsafe(info: zipfile.ZipInfo) -> bool:
    name = info.orig_filename.replace("\\", "/")
    climbs = name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in name
    return climbs or stat.S_ISLNK(info.external_attr >> 16)
