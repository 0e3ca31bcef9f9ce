"""Releases: written aside, synced to the disk, renamed into place, then served by flipping one link.

A release is never changed again. Who opened the one before keeps reading it; who opens `current` afterwards sees the
new one.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from expectations import memory
from expectations.sql import literal
from orchestration import clock, datasets, digests
from orchestration.home import Home
from orchestration.trouble import Trouble

STORAGE_VERSION = "v1.5.0"
"""DuckDB 1.x clients, most BI drivers, open files of this version."""
_DATABASE = "warehouse.duckdb"
_ASIDE = ".building-"
_STAMP = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
"""What `new_id` returns; whatever else lies among the releases (lost+found, a note) is somebody else's."""
_TABLES = "select table_name from duckdb_tables() where schema_name = 'marts' order by all"


@dataclass(frozen=True)
class Release:
    """A published release."""

    folder: Path

    @property
    def release_id(self) -> str:
        """Its name: when it was made, and the fingerprint of what it was made of."""
        return self.folder.name

    @property
    def database(self) -> Path:
        """The DuckDB file that BI tools open, read only."""
        return self.folder / _DATABASE

    @property
    def manifest(self) -> dict[str, Any]:
        """What is in it and where it came from; raises ValueError or OSError where nobody can read that any more."""
        said = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        if not isinstance(said, dict):
            raise ValueError(f"{self.folder / 'manifest.json'} is no manifest")
        return said


def new_id(home: Home, key: str) -> str:
    """Return the name of a release made now of what has the fingerprint `key`.

    It sorts behind all that are kept, also where the clock was put back.
    """
    now = f"{clock.now():{_STAMP}}"
    last = next((old.release_id.partition("-")[0] for old in kept(home)), "")
    if now <= last:
        now = f"{datetime.strptime(last, _STAMP).replace(tzinfo=UTC) + timedelta(seconds=1):{_STAMP}}"
    return f"{now}-{key[:8]}"


def current(home: Home) -> Release | None:
    """Return the release that is served, None before the first load."""
    if not home.current.exists():
        return None
    return Release(home.current.resolve())


def kept(home: Home) -> list[Release]:
    """Return all releases, the newest first."""
    folders = (path for path in home.releases.glob("*") if _ID.fullmatch(path.name))
    return sorted((Release(folder) for folder in folders), key=lambda release: release.release_id, reverse=True)


def manifest(release: Release) -> dict[str, Any]:
    """Return the manifest, an empty one where it is damaged."""
    try:
        return release.manifest
    except (OSError, ValueError):
        return {}


def require_current(home: Home) -> Release:
    """Return the release that is served; raises Trouble where there is none."""
    release = current(home)
    if release is None:
        raise Trouble(
            f"Nothing has been published under {home.root} yet. Run: uv run jixiao load{home.option}",
            f"{home.root} 下还没有发布过任何版本。请先运行：uv run jixiao load{home.option}",
        )
    return release


def require_readable(home: Home) -> Release:
    """Return the release that is served; raises Trouble where there is none, or its database cannot be opened."""
    release = require_current(home)
    said = _unreadable(release)
    if said:
        raise damaged(home, release, said)
    return release


def damaged(home: Home, release: Release, said: str) -> Trouble:
    """Say that the release that is served is damaged, and what to do about it."""
    name, option = release.release_id, home.option
    return Trouble(
        f"The current release {name} is damaged ({said}). Run: uv run jixiao doctor --repair{option}, which serves the last"
        f" good one where there is one; then: uv run jixiao load{option}",
        f"当前版本 {name} 已损坏（{said}）。请运行 uv run jixiao doctor --repair{option}（有其他完好版本时改用该版本），"
        f"然后运行 uv run jixiao load{option}",
    )


def _unreadable(release: Release) -> str | None:
    """Return why the release's database cannot be opened, in DuckDB's words; None where it can."""
    try:
        duckdb.connect(str(release.database), read_only=True).close()
    except duckdb.Error as error:
        return str(error)
    return None


def fill(home: Home, tables: Mapping[str, pl.DataFrame]) -> None:
    """Fill those tables of what was built that only a publication can; nothing is written to it afterwards."""
    with _opened(home.database) as connection:
        for table, rows_of_it in tables.items():
            connection.register("more_rows", rows_of_it.to_arrow())
            connection.execute(f'delete from "{table}"')
            connection.execute(f'insert into "{table}" by name from more_rows')
            connection.unregister("more_rows")


def write(
    home: Home,
    release_id: str,
    kept: datasets.Kept | None = None,
    along: Callable[[Path], None] | None = None,
) -> Path:
    """Write what was built aside, as a database and as Parquet; return the folder.

    The file that was built holds the public tables alone, in the storage version of 1.x, with their comments: it will be the
    release's own, to which a link leads until then. `kept` names the release before, of which Parquet can stay. Meanwhile
    `along` may read the database in the folder, and put into it what does not look at the other files.
    """
    aside = home.releases / f"{_ASIDE}{release_id}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / _DATABASE).symlink_to(home.database.absolute())
    with ThreadPoolExecutor(2) as pool:
        tables = pool.submit(_write_tables, home.database, aside / "parquet", kept)
        # Who asks for it later waits for it, and hears what went wrong.
        pool.submit(digests.of_written, home.database, kept.state_of(_DATABASE) if kept else None)
        if along:
            along(aside)
        tables.result()
    return aside


def _write_tables(database: Path, folder: Path, kept: datasets.Kept | None) -> None:
    with _opened(database, "(read_only)") as connection:
        _can_be_opened_by_all(connection)
        tables = [table for (table,) in connection.execute(_TABLES).fetchall()]
        datasets.write(connection, folder, tables, kept)


def _opened(database: Path, how: str = "") -> duckdb.DuckDBPyConnection:
    """Open a database in an instance of its own: others of this process open it too, with other settings."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    connection.execute("set memory_limit = ?", [memory.limit()])
    connection.execute("set temp_directory = ?", [f"{database}.spill"])
    connection.execute("set preserve_insertion_order = false")  # keeping it costs memory
    connection.execute("set max_vacuum_tasks = 0")  # as in dbt_project/profiles.yml
    connection.execute(f"attach {literal(database)} as built {how}")
    connection.execute("use built.marts")
    return connection


def _can_be_opened_by_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a file that was not built in STORAGE_VERSION."""
    [(found,)] = connection.execute(
        "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    if not found.startswith(STORAGE_VERSION):
        raise Trouble(
            f"The warehouse was built in DuckDB's storage version {found}; clients need {STORAGE_VERSION}:"
            " see storage_compatibility_version in dbt_project/profiles.yml.",
            f"数仓文件的存储版本为 {found}，客户端需要 {STORAGE_VERSION}："
            "请查看 dbt_project/profiles.yml 中的 storage_compatibility_version。",
        )


def rows(database: Path) -> dict[str, int]:
    """Return the rows of each public table of `database`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return _counts(connection)


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {
        table: connection.execute(f'select count(*) from marts."{table}"').fetchall()[0][0]
        for (table,) in connection.execute(_TABLES).fetchall()
    }


def publish(home: Home, aside: Path, manifest: dict[str, Any]) -> Release:
    """Seal the folder `aside` with its manifest, and serve it: what was built is the release's from now on.

    What the gates found goes along.
    """
    release_id = aside.name.removeprefix(_ASIDE)
    if home.quality.exists():
        shutil.copytree(home.quality, aside / "quality", ignore=shutil.ignore_patterns("runs"))
    files = {name: digests.of_written(file) for name, file in _found(aside).items()}
    manifest = {"release_id": release_id, **manifest, "files": files}
    (aside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1, default=str), "utf-8")
    for path in aside.rglob("*"):
        _sync(path)
    shutil.move(home.database, aside / _DATABASE)
    _sync(aside / _DATABASE)  # on another disk, moving is copying
    _sync(aside)
    folder = home.releases / release_id
    aside.rename(folder)
    _sync(home.releases)
    serve(home, Release(folder))
    return Release(folder)


def serve(home: Home, release: Release) -> None:
    """Flip `current` to `release`."""
    link = home.root / ".current.aside"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.release_id)
    link.rename(home.current)
    _sync(home.root)


def rollback(home: Home, release_id: str | None) -> Release:
    """Serve `release_id` again, or the one before the current; raises Trouble where there is none."""
    found = named(home, release_id) if release_id else one_before(home, require_current(home))
    broken = verify(found)
    if broken:
        raise Trouble(
            f"Release {found.release_id} is damaged ({', '.join(broken)}); it is not served.",
            f"版本 {found.release_id} 已损坏（{', '.join(broken)}），不予启用。",
        )
    serve(home, found)
    return found


def named(home: Home, release_id: str) -> Release:
    """Return the kept release `release_id`; raises Trouble where there is none."""
    for release in kept(home):
        if release.release_id == release_id:
            return release
    raise _missing(home, f"release {release_id}", f"版本 {release_id}")


def one_before(home: Home, later: Release) -> Release:
    """Return the kept release before `later`; raises Trouble where there is none."""
    for release in kept(home):
        if release.release_id < later.release_id:
            return release
    raise _missing(home, "earlier release", "更早的版本")


def _missing(home: Home, en: str, zh: str) -> Trouble:
    names = ", ".join(release.release_id for release in kept(home))
    return Trouble(f"There is no {en}. Kept are: {names}", f"没有{zh}。现有版本：{names}")


def sweep(home: Home) -> None:
    """Remove what a load that was killed left behind."""
    for leftover in home.releases.glob(f"{_ASIDE}*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def verify(release: Release) -> list[str]:
    """Return the files of `release` that are missing, changed or not in its manifest."""
    expected, found = _files(release), _found(release.folder)
    if expected is None:
        return ["manifest.json"]
    whole = {name for name in expected.keys() & found if digests.holds(found[name], expected[name])}
    return sorted({*expected, *found} - whole)


def _found(folder: Path) -> dict[str, Path]:
    """Return the files under `folder` by their names, the manifest aside."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(file.relative_to(folder)): file for file in files}


def is_whole(release: Release) -> bool:
    """Whether every file of the manifest is there in its size, and the database can be opened.

    That is a quick look, where `verify` reads all bytes.
    """
    expected = _files(release)
    if expected is None:
        return False
    sizes = {name: (release.folder / name).stat().st_size for name in expected if (release.folder / name).exists()}
    return sizes == {name: file["bytes"] for name, file in expected.items()} and _unreadable(release) is None


def _files(release: Release) -> dict[str, digests.Checksum] | None:
    """Return what the manifest says of the release's files, None where it cannot be read."""
    said = manifest(release).get("files")
    is_told = isinstance(said, dict) and all(isinstance(file, dict) and "bytes" in file for file in said.values())
    return said if is_told else None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
