"""A home kept in object storage (S3 and what speaks like it, also GCS and Azure): JIXIAO_STORE=s3://bucket/folder.

The home folder is then the working copy. Before a load, documents of `landing/` that are new or changed are fetched, and a
home that is empty takes over lake, archive and the current release; afterwards all that is new is kept there: the archive,
the lake, the releases, and last `current`, an object that holds the release's id. So a load may run on a machine without a
disk of its own, and readers take whole releases only. Nothing is written twice: names say the content.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration import release
from orchestration.home import Home
from orchestration.trouble import Trouble

ADDRESS = "JIXIAO_STORE"
"""Environment variable with the place; who may read and write there is said to the AWS library (AWS_ACCESS_KEY_ID …)."""
_WORKERS = 16
_OF_THE_HOME = ("withdrawn.yml", "corrections.yml", "baselines.yml")
"""What people have decided; it belongs to the home as its documents do."""


def fetch(home: Home) -> None:
    """Bring what the store has and the home has not; nothing happens without a store."""
    if _address():
        store = _Store(_address())
        store.trying(lambda: _fetch(store, home))


def keep(home: Home) -> None:
    """Bring what the home has and the store has not; nothing happens without a store."""
    if _address():
        store = _Store(_address())
        store.trying(lambda: _keep(store, home))


def _address() -> str:
    return os.environ.get(ADDRESS, "").rstrip("/")


@dataclass(frozen=True)
class _Store:
    """The objects under an address, by their paths below it."""

    address: str

    @cached_property
    def _place(self) -> tuple[Any, str]:
        from pyarrow import fs  # noqa: PLC0415

        system, root = fs.FileSystem.from_uri(self.address)
        bucket = root.partition("/")[0]
        if bucket and system.get_file_info(bucket).type == fs.FileType.NotFound:
            raise ValueError(f"there is no bucket {bucket}")
        return system, root

    def trying(self, work: Callable[[], None]) -> None:
        """Do something with the store; raises Trouble where it cannot be reached or says no."""
        try:
            work()
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The store {self.address} cannot be used: {error}. See to {ADDRESS}, AWS_ENDPOINT_URL and the AWS_…"
                " variables of whoever loads, then load again.",
                f"无法使用对象存储 {self.address}：{error}。请检查 {ADDRESS}、AWS_ENDPOINT_URL 及 AWS_ 开头的访问凭据后重新装载。",
            ) from error

    def objects(self, folder: str) -> dict[str, Any]:
        """Return the objects under a folder: path → pyarrow.fs.FileInfo (size, mtime)."""
        from pyarrow import fs  # noqa: PLC0415

        system, root = self._place
        found = system.get_file_info(fs.FileSelector(f"{root}/{folder}", recursive=True, allow_not_found=True))
        return {info.path.removeprefix(f"{root}/"): info for info in found if info.type == fs.FileType.File}

    def holds(self, path: str) -> bool:
        """Whether there is such an object."""
        from pyarrow import fs  # noqa: PLC0415

        system, root = self._place
        return system.get_file_info(f"{root}/{path}").type == fs.FileType.File

    def get(self, paths: Iterable[str], folder: Path) -> None:
        """Copy objects below `folder`; a name never stands for half a file."""
        system, root = self._place

        def copy(path: str) -> None:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_name(f".{target.name}.aside")
            with system.open_input_stream(f"{root}/{path}") as source, aside.open("wb") as written:
                while chunk := source.read(1 << 20):
                    written.write(chunk)
            aside.rename(target)

        _all(copy, paths)

    def put(self, paths: Iterable[str], folder: Path) -> None:
        """Copy files of `folder` to objects of the same paths."""
        system, root = self._place

        def copy(path: str) -> None:
            with (folder / path).open("rb") as source, system.open_output_stream(f"{root}/{path}") as written:
                while chunk := source.read(8 << 20):
                    written.write(chunk)

        _all(copy, paths)

    def write(self, path: str, content: bytes) -> None:
        """Write a small object."""
        system, root = self._place
        with system.open_output_stream(f"{root}/{path}") as written:
            written.write(content)

    def read(self, path: str) -> bytes:
        """Read a small object."""
        system, root = self._place
        with system.open_input_stream(f"{root}/{path}") as source:
            return source.read()

    def remove(self, paths: Iterable[str]) -> None:
        """Remove objects."""
        system, root = self._place
        _all(lambda path: system.delete_file(f"{root}/{path}"), paths)


def _all(work: Callable[[str], None], paths: Iterable[str]) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(work, paths))


def _fetch(store: _Store, home: Home) -> None:
    if not home.lake.exists() and store.holds("lake/index.json"):
        _take_over(store, home)
    landed = store.objects("landing")
    changed = [path for path, info in landed.items() if not _is_as(home.root / path, info)]
    store.get(changed, home.root)
    for path in changed:
        # The object's time is the document's: the next look sees by it that nothing has changed.
        os.utime(home.root / path, ns=(landed[path].mtime_ns, landed[path].mtime_ns))


def _is_as(file: Path, info: Any) -> bool:
    return file.exists() and (file.stat().st_size, file.stat().st_mtime_ns) == (info.size, info.mtime_ns)


def _take_over(store: _Store, home: Home) -> None:
    """Fill an empty home: the index of the lake comes last, for it says that the rest is there."""
    store.get(store.objects("archive"), home.root)
    store.get([name for name in _OF_THE_HOME if store.holds(name)], home.root)
    if store.holds("current"):
        name = store.read("current").decode()
        store.get(store.objects(f"releases/{name}"), home.root)
        release.serve(home, release.Release(home.releases / name))
    parts = store.objects("lake")
    store.get([path for path in parts if path != "lake/index.json"], home.root)
    store.get(["lake/index.json"], home.root)


def _keep(store: _Store, home: Home) -> None:
    """Bring over what is new: what names others comes after them, what nobody names any more goes last."""
    served = release.current(home)
    archived, lake = _files(home, home.archive), _files(home, home.lake)
    released = [path for kept in release.kept(home) for path in _files(home, kept.folder)]
    there = {
        path: info.size for folder in ("archive", "lake", "releases") for path, info in store.objects(folder).items()
    }
    own = [f"lake/{name}" for name in ("landed.parquet", "catalogue.parquet")]
    names = [*archived, *(path for path in lake if path not in own), *released]
    store.put(
        [path for path in names if there.get(path) != (home.root / path).stat().st_size and path != "lake/index.json"],
        home.root,
    )
    last = [path for path in [*own, "lake/index.json", *_OF_THE_HOME] if (home.root / path).exists()]
    for path in last:
        store.put([path], home.root)
    if served:
        store.write("current", served.release_id.encode())
    kept = {*names, *own, "lake/index.json"}
    store.remove(path for path in there if path not in kept and not path.startswith("archive/"))


def _files(home: Home, folder: Path) -> list[str]:
    return [
        str(path.relative_to(home.root))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    ]
