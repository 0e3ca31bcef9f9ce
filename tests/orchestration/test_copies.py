"""A copy of a large file: whole or not there at all."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from orchestration import copies, digests
from orchestration import pieces as read
from orchestration.copies import Copy

SIZES = [0, 1, 4096, 5 * 4096 + 17, 3 * 65536]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "SIZE", 65536)
    monkeypatch.setattr(copies, "_AT_ONCE", 65536)


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_is_the_same(tmp_path: Path, size: int) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(size))
    with Copy(source, tmp_path / "new" / "copy") as copy:
        copy.begin()
        copy.wait()
    assert (tmp_path / "new" / "copy").read_bytes() == source.read_bytes()
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["copy"]


@pytest.mark.parametrize("size", SIZES)
def test_a_checksum_is_of_all_bytes(tmp_path: Path, size: int) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(size))
    assert digests.sha256(file) == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("size", SIZES)
def test_a_file_system_without_direct_writes_takes_it_too(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def refusing(target: int, data: memoryview) -> int:
        if copies._through_cache(target):
            copies.fcntl.fcntl(target, copies.fcntl.F_SETFL, os.O_DIRECT)
            raise OSError(errno.EINVAL, "not aligned")
        return real(target, data)

    monkeypatch.setattr(os, "write", refusing)
    source = tmp_path / "source"
    source.write_bytes(os.urandom(size))
    with Copy(source, tmp_path / "copy") as copy:
        copy.wait()
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


def test_what_goes_wrong_is_said_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(target: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    (tmp_path / "source").write_bytes(b"x" * 9000)
    with Copy(tmp_path / "source", tmp_path / "copy") as copy:
        with pytest.raises(OSError, match="No space left"):
            copy.wait()
        assert [file.name for file in tmp_path.iterdir()] == ["source"]
        monkeypatch.undo()
        copy.wait()
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "source").read_bytes()


def test_a_copy_that_nobody_waits_for_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "source").write_bytes(b"x" * 9000)
    copy = Copy(tmp_path / "source", tmp_path / "copy")
    copy._stop.set()
    with copy:
        copy.begin()
    assert [file.name for file in tmp_path.iterdir()] == ["source"]


def test_bytes_that_cannot_be_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the disk fails: they are mapped, and not there when they are asked for."""
    mapped, source = copies._mapped, tmp_path / "source"
    source.write_bytes(os.urandom(3 * 65536))

    def failing(file: Path) -> memoryview:
        whole = mapped(file)
        os.truncate(file, 65536 + 4096)
        return whole

    monkeypatch.setattr(copies, "_mapped", failing)
    with Copy(source, tmp_path / "copy") as copy, pytest.raises(OSError, match="Bad address"):
        copy.wait()
    assert [file.name for file in tmp_path.iterdir()] == ["source"]
