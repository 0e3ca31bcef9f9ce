"""What is broken in a home, in plain words, and how it is mended.

`find` looks at everything and changes nothing; `heal` mends what a load needs. What only a person can mend has no `mend`.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from ingest import archive, documents, lake
from orchestration import mark, release, retention
from orchestration.home import Home

_LOG = logging.getLogger(__name__)
_NAMED = ("file_name", "other_names", "fiscal_year", "fiscal_year_from", "folder_region", "published_on", "modified_at")
"""What the lake knows of a document and its bytes do not say."""
_KEPT = ["document", "quarantined", "container", "duplicate"]


@dataclass(frozen=True)
class Damage:
    """Something broken: what, where, and what becomes of it."""

    en: str
    zh: str
    mend: Callable[[], object] | None = None
    """Makes it good as far as the home's own files allow; the next load does the rest."""


def find(home: Home) -> Iterator[Damage]:
    """Look at every byte of the lake, the archive and the releases."""
    yield from _lake(home, lake.damaged)
    yield from _archive(home)
    yield from _warehouse(home)
    yield from _releases(home)
    yield from _alerts(home)


def heal(home: Home, thorough: bool = False) -> None:
    """Mend the lake before a load; `thorough`: every byte of it is read."""
    for found in _lake(home, lake.damaged if thorough else lake.missing):
        _LOG.warning("%s\n%s", found.en, found.zh)
        if found.mend:
            found.mend()


def interrupted(home: Home) -> Iterator[Damage]:
    """Give the load that was killed, if one was."""
    left = mark.killed(home)
    if left:
        yield Damage(
            f"a load was killed in the stage {left.stage or '-'} ({left.since}): the next load makes good",
            f"上次装载在“{left.stage or '-'}”阶段被强行终止（{left.since}）：重新装载即可恢复",
            lambda: (release.sweep(home), retention.sweep(home), mark.forget(home)),
        )


def _lake(home: Home, broken: Callable[[Path], list[lake.Part]]) -> Iterator[Damage]:
    index, memo, catalogue = (home.lake / name for name in ("index.json", "landed.parquet", "catalogue.parquet"))
    try:
        found = broken(home.lake)
    except ValueError:
        again = "documents are read again from the archive"
        yield Damage(f"{index} cannot be read: {again}", f"{index} 无法读取：将从归档重新解析文件", index.unlink)
        found = []
    if found:
        names = ", ".join(f"fiscal_year={part.fiscal_year} {part.name}" for part in found)
        yield Damage(
            f"lake: damaged or missing {names}: their documents are read again from the archive",
            f"湖文件缺失或损坏（{names}）：将从归档重新解析相应文件",
            lambda: lake.drop(home.lake, found),
        )
    if _is_unreadable(memo):
        yield Damage(f"{memo} cannot be read: it is made anew", f"{memo} 无法读取：将重新生成", memo.unlink)
    if _is_unreadable(catalogue):
        yield Damage(
            f"{catalogue} cannot be read: it is made anew from archive and lake",
            f"{catalogue} 无法读取：将由归档和湖重新生成",
            lambda: lake.write_parquet(_catalogue(home), catalogue),
        )


def _is_unreadable(file: Path) -> bool:
    try:
        if file.exists():
            pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError):
        return True
    return False


def _catalogue(home: Home) -> pl.DataFrame:
    """Return the catalogue of all documents as the archive has their bytes and the lake their names."""
    bytes_of = documents.scan(home.archive).filter(pl.col("status").is_in(_KEPT))
    names = lake.documents(home.lake).select("document_id", *_NAMED)
    return bytes_of.drop(_NAMED).join(names, on="document_id").select(documents.DOCUMENTS.names())


def _archive(home: Home) -> Iterator[Damage]:
    if not home.archive.exists():
        return
    for name, _ in archive.verify(home.archive):
        yield Damage(
            f"archive: the bytes of {name} have changed: it is set aside until a whole copy is there",
            f"归档文件 {name} 已被改动：将另存，直至有完好的副本",
            lambda name=name: (archive.set_aside(home.archive, name), _archive_again(home)),
        )
    lost = _lost(home)
    if lost:
        landed = _landed(home)
        back = {digest: name for digest, name in lost.items() if digest in landed}
        gone = [name for digest, name in lost.items() if digest not in landed]
        if back:
            yield Damage(
                f"archive: lost {', '.join(back.values())}: copied again from the landing folder",
                f"归档缺失 {', '.join(back.values())}：将从投放目录重新归档",
                lambda: _archive_again(home),
            )
        if gone:
            yield Damage(
                f"archive: lost {', '.join(gone)}, nor are they in the landing folder. What was read of them stays in"
                " force; land them again, from a backup or from their publisher",
                f"归档缺失 {', '.join(gone)}，投放目录中也没有。已解析的内容仍然有效；请从备份或发布机构重新取得并投放",
            )


def _lost(home: Home) -> dict[str, str]:
    """Return digest → file name of documents that the catalogue knows and the archive has not."""
    catalogue = home.lake / "catalogue.parquet"
    if _is_unreadable(catalogue) or not catalogue.exists():
        return {}
    there = archive.held(home.archive)
    known = pl.read_parquet(catalogue).filter(pl.col("byte_size").is_not_null())
    named = known.select(pl.coalesce("container_id", "document_id"), "file_name").iter_rows()
    return {digest: name for digest, name in named if digest not in there}


def _landed(home: Home) -> set[str]:
    source = home.source()
    found = documents.scan(source)
    return set(found.select(pl.coalesce("container_id", "document_id"))["container_id"])


def _archive_again(home: Home) -> None:
    archive.keep(documents.scan(home.source()), home.archive)


def _warehouse(home: Home) -> Iterator[Damage]:
    if not home.database.exists() or mark.under_way(home):  # a load has it locked while it builds
        return
    try:
        duckdb.connect(str(home.database), read_only=True).close()
    except duckdb.Error:
        yield Damage(
            f"{home.database} cannot be opened: the next load builds it anew",
            f"{home.database} 无法打开：下次装载将重新构建",
            home.database.unlink,
        )


def _releases(home: Home) -> Iterator[Damage]:
    served = release.current(home)
    damaged = {kept.release_id: files for kept in release.kept(home) if (files := release.verify(kept))}
    whole = [kept for kept in release.kept(home) if kept.release_id not in damaged]
    if served is None and whole:
        yield Damage(
            f"{home.current} leads nowhere: {whole[0].release_id} is served instead",
            f"{home.current} 指向的版本不存在：将改用 {whole[0].release_id}",
            lambda: release.serve(home, whole[0]),
        )
    for name, files in damaged.items():
        said = ", ".join(files)
        kept = release.Release(home.releases / name)
        if kept != served:
            yield Damage(
                f"release {name}: {said} damaged: it is removed",
                f"版本 {name} 的 {said} 已损坏：将删除该版本",
                lambda kept=kept: retention.remove(kept),
            )
        elif whole:
            yield Damage(
                f"the current release {name}: {said} damaged: {whole[0].release_id} is served instead;"
                " the next load publishes anew",
                f"当前版本 {name} 的 {said} 已损坏：将改用 {whole[0].release_id}，下次装载重新发布",
                lambda kept=kept: (release.serve(home, whole[0]), retention.remove(kept)),
            )
        else:
            manifest = kept.folder / "manifest.json"
            yield Damage(
                f"the current release {name}: {said} damaged, and there is no other: the next load publishes anew",
                f"当前版本 {name} 的 {said} 已损坏，且没有其他版本：下次装载将重新发布",
                manifest.unlink if manifest.exists() else None,
            )


def _alerts(home: Home) -> Iterator[Damage]:
    if not home.alerts.exists():
        return
    try:
        with sqlite3.connect(home.alerts) as database:
            answer = database.execute("pragma quick_check").fetchall()
    except sqlite3.DatabaseError as error:
        answer = [(str(error),)]
    if answer != [("ok",)]:
        aside = home.alerts.with_suffix(".damaged")
        yield Damage(
            f"{home.alerts} is damaged ({answer[0][0]}): it is set aside as {aside.name}; open problems are told again",
            f"{home.alerts} 已损坏：将另存为 {aside.name}，未解决的问题会重新告警",
            lambda: home.alerts.rename(aside),
        )
