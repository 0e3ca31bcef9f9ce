"""Releases: written aside, synced to the disk, renamed into place, then served by flipping one link.

A release is never changed again. Who opened the one before keeps reading it; who opens `current` afterwards sees the
new one.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration import clock
from orchestration.home import Home
from orchestration.trouble import Trouble

STORAGE_VERSION = "v1.5.0"
"""DuckDB 1.x clients, most BI drivers, open files of this version."""
_ASIDE = ".building-"
_STAMP = "%Y%m%dT%H%M%SZ"


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
        return self.folder / "warehouse.duckdb"

    @property
    def manifest(self) -> dict[str, Any]:
        """What is in it and where it came from."""
        return json.loads((self.folder / "manifest.json").read_text("utf-8"))


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
    folders = (path for path in home.releases.glob("*") if not path.name.startswith("."))
    return sorted((Release(folder) for folder in folders), key=lambda release: release.release_id, reverse=True)


def require_current(home: Home) -> Release:
    """Return the release that is served; raises Trouble where there is none."""
    release = current(home)
    if release is None:
        raise Trouble(
            f"Nothing has been published under {home.root} yet. Run: uv run jixiao load",
            f"{home.root} 下还没有发布过任何版本。请先运行：uv run jixiao load",
        )
    return release


def write(home: Home, release_id: str, filled: Mapping[str, pa.Table] | None = None) -> Path:
    """Copy the public tables of `home.database` aside, as a DuckDB file and as Parquet; return the folder.

    `filled` holds the rows of tables that only a publication can fill.
    """
    aside = home.releases / f"{_ASIDE}{release_id}"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "parquet").mkdir(parents=True)
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"attach '{home.database}' as built (read_only)")
        connection.execute(f"attach '{aside / 'warehouse.duckdb'}' as served (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema served.marts")
        for table in _copy_order(connection):
            _copy(connection, table, aside, (filled or {}).get(table))
        connection.execute("detach served")
    if home.quality.exists():
        shutil.copytree(home.quality, aside / "quality", ignore=shutil.ignore_patterns("runs"))
    return aside


def rows(database: Path) -> dict[str, int]:
    """Return the rows of each public table of `database`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by all")
        return {
            table: connection.execute(f'select count(*) from marts."{table}"').fetchall()[0][0]  # noqa: S608
            for (table,) in tables.fetchall()
        }


def _copy_order(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the public tables, those that others refer to by a foreign key first."""
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'marts'"
        " union select view_name from duckdb_views() where database_name = 'built' and schema_name = 'marts'"
    )
    waiting = sorted(name for (name,) in found.fetchall())
    references = connection.execute(
        "select table_name, referenced_table from duckdb_constraints()"
        " where database_name = 'built' and schema_name = 'marts' and constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    ordered: list[str] = []
    while waiting:
        free = [
            t
            for t in waiting
            if not any(t == child and parent in waiting and parent != t for child, parent in references)
        ]
        ordered += free or waiting
        waiting = [table for table in waiting if table not in ordered]
    return ordered


def _copy(connection: duckdb.DuckDBPyConnection, table: str, aside: Path, more: pa.Table | None) -> None:
    """Copy one table with its keys and its comments, and add the rows `more`."""
    found = connection.execute(
        "select sql from duckdb_tables() where database_name = 'built' and schema_name = 'marts' and table_name = ?",
        [table],
    ).fetchone()
    connection.execute("use served.marts")
    if found:
        connection.execute(
            found[0]
            .replace("CREATE TABLE built.marts.", "CREATE TABLE ", 1)
            .replace("CREATE TABLE marts.", "CREATE TABLE ", 1)
        )
        connection.execute(f'insert into "{table}" from built.marts."{table}"')
    else:
        connection.execute(f'create table "{table}" as from built.marts."{table}"')
    if more is not None and more.num_rows:
        connection.register("more_rows", more)
        connection.execute(f'insert into "{table}" by name from more_rows')
        connection.unregister("more_rows")
    comments = connection.execute(
        "select null, comment from duckdb_tables()"
        " where database_name = 'built' and schema_name = 'marts' and table_name = $1"
        " union all select column_name, comment from duckdb_columns()"
        " where database_name = 'built' and schema_name = 'marts' and table_name = $1",
        [table],
    ).fetchall()
    for column, comment in comments:
        if comment:
            what = f'column "{table}"."{column}"' if column else f'table "{table}"'
            connection.execute(f"comment on {what} is '{comment.replace(chr(39), chr(39) * 2)}'")
    connection.execute(f"copy \"{table}\" to '{aside / 'parquet' / table}.parquet' (format parquet, compression zstd)")
    connection.execute("use memory")


def publish(home: Home, aside: Path, manifest: dict[str, Any]) -> Release:
    """Seal the folder `aside` with its manifest, and serve it."""
    release_id = aside.name.removeprefix(_ASIDE)
    manifest = {"release_id": release_id, **manifest, "files": checksums(aside)}
    (aside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1, default=str), "utf-8")
    for path in [*aside.rglob("*"), aside]:
        _sync(path)
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
        shutil.rmtree(leftover)


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and sha256 of each file under `folder`, the manifest aside."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(file.relative_to(folder)): {"bytes": file.stat().st_size, "sha256": _sha256(file)} for file in files}


def verify(release: Release) -> list[str]:
    """Return the files of `release` that are missing, changed or not in its manifest."""
    expected = _files(release)
    if expected is None:
        return ["manifest.json"]
    found = checksums(release.folder)
    return sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))


def is_whole(release: Release) -> bool:
    """Whether every file of the manifest is there in its size: a quick look, where `verify` reads all bytes."""
    expected = _files(release)
    if expected is None:
        return False
    sizes = {name: (release.folder / name).stat().st_size for name in expected if (release.folder / name).exists()}
    return sizes == {name: file["bytes"] for name, file in expected.items()}


def _files(release: Release) -> dict[str, dict[str, Any]] | None:
    """Return what the manifest says of the release's files, None where it cannot be read."""
    try:
        return release.manifest["files"]
    except (OSError, ValueError, KeyError):
        return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
