"""Is everything in order: the installation, the home folder, what is served."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ingest import lake
from orchestration import baseline, damage, reading, release, withdrawals
from orchestration.alerts import config
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
    return [
        *_installation(),
        *_home(home),
        *_kept(home),
        *_served(home),
        *_decisions(home),
        *_baselines(home),
        *_channels(home),
    ]


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


def _kept(home: Home) -> Iterator[Finding]:
    """Lake, archive, releases, alerts: all that is kept."""
    found = [*damage.interrupted(home), *damage.find(home)]
    for each in found:
        yield Finding(False, each.en, each.zh)
    if any(each.mend for each in found):
        yield Finding(
            False,
            f"Mend what can be mended: uv run jixiao doctor --repair{home.option}",
            f"可修复项请运行 uv run jixiao doctor --repair{home.option}",
        )
    if not found:
        rows = sum(lake.rows(home.lake).values())
        yield Finding(True, f"lake ({rows} rows), archive and releases: all checksums hold", "湖、归档与各版本校验一致")


def _served(home: Home) -> Iterator[Finding]:
    served = release.current(home)
    if served is None:
        yield Finding(True, f"nothing published yet; run: uv run jixiao load{home.option}", "尚未发布任何版本")
    else:
        yield Finding(True, f"served: {served.release_id}", "当前版本")


def _decisions(home: Home) -> Iterator[Finding]:
    """Whether what people have decided about documents can be read: it stops a load where it cannot."""
    for en, zh, read in (
        ("documents withdrawn", "撤回的文件", withdrawals.decisions),
        ("corrections accepted", "已确认的更正", reading.accepted_corrections),
    ):
        try:
            yield Finding(True, f"{en}: {len(read(home))}", zh)
        except Trouble as trouble:
            yield Finding(False, trouble.en, trouble.zh)


def _baselines(home: Home) -> Iterator[Finding]:
    """Whether the files of baselines can be used, and whether somebody has to look at what was measured."""
    try:
        held, waiting = baseline.accepted(home), baseline.proposed(home)
    except Trouble as trouble:
        yield Finding(False, trouble.en, trouble.zh)
        return
    en = f"baselines: {len(held)} accepted, {len(waiting)} proposed"
    look = f"; look at them: uv run jixiao baseline{home.option}" if waiting else ""
    yield Finding(True, en + look, "基线：已确认数、待确认数")


def _channels(home: Home) -> Iterator[Finding]:
    """What alerts.yml says; whether messages arrive is for `jixiao alerts test`."""
    try:
        channels = config.read(home).channels
    except Trouble as trouble:
        yield Finding(False, trouble.en, trouble.zh)
        return
    unset = sorted({name for text in channels.values() for name in config.address(text).missing})
    if unset:
        yield Finding(False, f"alerts: not set in the environment: {', '.join(unset)}", "告警渠道所需的环境变量未设置")
    else:
        en = f"alerts: {len(channels)} channels; try them: uv run jixiao alerts test{home.option}"
        yield Finding(True, en, f"告警渠道，可运行 uv run jixiao alerts test{home.option} 检验")


def repair(home: Home) -> list[damage.Damage]:
    """Mend what can be mended, as the only writer of the home; return what was mended."""
    found = [*damage.interrupted(home), *damage.find(home)]
    mended = [each for each in found if each.mend]
    with home.lock():
        for each in mended:
            assert each.mend is not None  # noqa: S101
            each.mend()
    return mended
