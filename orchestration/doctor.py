"""Is everything in order: the installation, the home folder, what is served."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ingest import archive, lake
from orchestration import release
from orchestration.home import Home
from orchestration.trouble import Trouble

_ENOUGH_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, with the remedy where it is not good."""

    good: bool
    en: str
    zh: str


def examine(home: Home) -> list[Finding]:
    """Look at everything; nothing is changed."""
    return [*_installation(), *_home(home), *_lake(home), *_served(home)]


def _installation() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= (3, 11), f"Python {python} (3.11 or later)", "Python 版本")
    wrong = [text for text in requires("jixiao") or [] if not _is_installed(Requirement(text))]
    yield Finding(
        not wrong,
        f"packages: {', '.join(wrong)} missing or of another version; run: uv sync" if wrong else "packages as pinned",
        "依赖包" + ("缺失或版本不符，请运行 uv sync" if wrong else "版本正确"),
    )
    modules = (
        "polars",
        "duckdb",
        "dagster",
        "dbt.version",
        "dbt.adapters.duckdb",
        "duckdb_engine",
        "great_expectations",
    )
    broken = [f"{name} ({error})" for name in modules if (error := _import_error(name))]
    yield Finding(
        not broken,
        "packages load" if not broken else f"cannot be loaded: {'; '.join(broken)}",
        "依赖包可加载" if not broken else "依赖包无法加载",
    )


def _is_installed(requirement: Requirement) -> bool:
    if requirement.marker and not requirement.marker.evaluate():
        return True
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _import_error(module: str) -> str | None:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return str(error)
    return None


def _home(home: Home) -> Iterator[Finding]:
    try:
        with home.lock():
            yield Finding(True, f"home folder {home.root} can be written", "主目录可写")
    except Trouble as trouble:
        yield Finding(False, trouble.en, trouble.zh)
        return
    free = shutil.disk_usage(home.root).free
    yield Finding(free > _ENOUGH_BYTES, f"{free / 1e9:.0f} GB free on the disk", "磁盘可用空间")


def _lake(home: Home) -> Iterator[Finding]:
    missing = [str(path) for path in lake.missing(home.lake)]
    yield Finding(
        not missing,
        f"lake: missing {', '.join(missing)}; delete {home.lake} and load again (the archive holds all documents)"
        if missing
        else f"lake: {sum(lake.rows(home.lake).values())} rows in place",
        "湖文件缺失" if missing else "湖文件完整",
    )
    changed = [name for name, _ in archive.verify(home.archive)] if home.archive.exists() else []
    yield Finding(
        not changed,
        f"archive: bytes have changed in {', '.join(changed)}; land these documents again"
        if changed
        else "archive: every file has its checksum",
        "归档文件已被改动，请重新投放" if changed else "归档文件校验一致",
    )


def _served(home: Home) -> Iterator[Finding]:
    served = release.current(home)
    if served is None:
        yield Finding(True, "nothing published yet; run: uv run jixiao load", "尚未发布任何版本")
        return
    broken = release.verify(served)
    yield Finding(
        not broken,
        f"release {served.release_id}: {', '.join(broken)} damaged; run: uv run jixiao rollback"
        if broken
        else f"release {served.release_id}: all checksums hold",
        "当前版本已损坏，请运行 uv run jixiao rollback" if broken else "当前版本校验一致",
    )
