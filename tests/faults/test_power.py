"""Power loss: what has a name is on the disk before it gets it, and the name before anything relies on it.

A disk may keep what was written in memory and lose it with the power, unless somebody has called fsync. The tests listen to
fsync and rename while something is made to last, and look at the order.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from ingest import archive, documents, lake
from ingest.schema import LAKE, empty
from orchestration import mark, release
from orchestration.home import Home
from tests.orchestration.test_release import build


class Disk:
    """What has reached it, and what was renamed too early."""

    def __init__(self) -> None:
        self.synced: set[Path] = set()
        self.early: list[str] = []
        self.named: list[Path] = []

    def fsync(self, descriptor: int) -> None:
        self.synced.add(Path(os.readlink(f"/proc/self/fd/{descriptor}")))

    def rename(self, old: Path, new: Path) -> None:
        """Everything that gets a name has to be there by now, and so do the names given before."""
        if not old.is_symlink():
            files = [path for path in (old, *old.rglob("*")) if path not in self.synced]
            self.early += [str(path) for path in files]
        self.early += [f"the name {name}" for name in self.named if name.parent not in self.synced and old.is_symlink()]
        self.synced -= {new.parent}
        self.named.append(new)

    @property
    def forgotten(self) -> list[Path]:
        """Names that a power failure would take away again."""
        return [name for name in self.named if name.parent not in self.synced]


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk, rename, replace, fsync = Disk(), Path.rename, Path.replace, os.fsync

    def named(real: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        return lambda old, new: (disk.rename(old, Path(new)), real(old, new))[1]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", named(rename))
        patch.setattr(Path, "replace", named(replace))
        patch.setattr(os, "fsync", lambda descriptor: (disk.fsync(descriptor), fsync(descriptor))[1])
        yield disk


def test_a_release_is_on_the_disk_before_it_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    build(home, 5)
    aside = release.write(home, "r1")
    with listening(monkeypatch) as disk:
        release.publish(home, aside, {"rows": {}})
    assert disk.named == [home.releases / "r1", home.current]
    assert (disk.early, disk.forgotten) == ([], [])


def test_a_part_of_the_lake_is_on_the_disk_before_the_index_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = {table: empty(table) for table in LAKE}
    row = {"document_id": "d1", "file_name": "a.txt", "fiscal_year": 2023}
    frames["document"] = pl.DataFrame([row], schema=frames["document"].schema)
    writer = lake.Writer(tmp_path)
    with listening(monkeypatch) as disk:
        writer.add(frames, pl.DataFrame({"document_id": ["d1"], "fiscal_year": [2023]}))
        before_index = disk.forgotten
        writer.commit()
    assert disk.named[len(LAKE)] == tmp_path / "index.json"
    assert (before_index, disk.early, disk.forgotten) == ([], [], [])


def test_a_document_is_on_the_disk_before_the_archive_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "landing" / "2023").mkdir(parents=True)
    (tmp_path / "landing" / "2023" / "a.txt").write_text("项目", "utf-8")
    found = documents.scan(tmp_path / "landing")
    with listening(monkeypatch) as disk:
        archive.keep(found, tmp_path / "archive")
    assert len(disk.named) == 1
    assert (disk.early, disk.forgotten) == ([], [])


def test_the_mark_of_a_load_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(monkeypatch) as disk, mark.marked(Home(tmp_path)):
        mark.reached(Home(tmp_path), "build")
    assert disk.early == []
