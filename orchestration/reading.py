"""From the landing folder to the lake: what is new or changed is read, everything else stays as it is.

`lake/landed.parquet` is the last scan (a file that has not changed since is not hashed again); `lake/catalogue.parquet`
knows every document ever collected, so that one that has left the landing folder can be read again from the archive.
"""

import logging
from pathlib import Path

import polars as pl

from ingest import archive, corrections, documents, lake
from orchestration import damage, inputs, withdrawals
from orchestration.home import Home
from orchestration.session import Session
from orchestration.trouble import Trouble

_LOG = logging.getLogger(__name__)
_STATES = ["document", "quarantined"]
"""States of a landed file that make it a document of the lake."""
_DIGEST = pl.coalesce("container_id", "document_id")
"""The sha256 under which the archive holds a document."""
_BATCH_BYTES = 64 * 1024 * 1024
"""Documents are read and stored in batches of about this size: memory follows the batch, not the landing folder."""


def scan(session: Session) -> None:
    """List the landing folder into `session.landed` (DOCUMENTS); raises Trouble where it is missing or empty."""
    memo = _landed(session.home)
    try:
        found = documents.scan(session.source, session.years, pl.read_parquet(memo) if memo.exists() else None)
    except FileNotFoundError as error:
        raise Trouble(
            f"There is no folder {session.source}. Create it and put documents into it, or name another with --source.",
            f"目录 {session.source} 不存在。请创建并放入文件，或用 --source 指定其他目录。",
        ) from error
    if found.filter(pl.col("status") != "ignored").is_empty():
        raise Trouble(
            f"There are no documents in {session.source}. Put files (txt md html xlsx xls docx doc pdf zip) into"
            f" {session.home.landing}/<fiscal year>/, or name a folder with --source.",
            f"{session.source} 中没有文件。请把文件（txt md html xlsx xls docx doc pdf zip）放入"
            f" {session.home.landing}/<预算年度>/，或用 --source 指定目录。",
        )
    session.landed = found


def is_current(session: Session) -> bool:
    """Whether the lake holds all that landed, as this code reads it, and what was withdrawn is marked so."""
    return _stale(session).is_empty() and withdrawals.are_marked(session.home)


def years(session: Session) -> list[int]:
    """Return the fiscal years that this load is about: those that were asked for, else those of which it reads documents.

    All years where a document does not say its own before it is read, or where none is read.
    """
    if session.years:
        return session.years
    stale, held = _stale(session), lake.documents(session.home.lake)
    before = held.join(stale, on="document_id", how="semi")["fiscal_year"]
    found = pl.concat([stale["fiscal_year"], before])
    if not len(found) or found.has_nulls() or not withdrawals.are_marked(session.home):
        found = pl.concat([session.landed["fiscal_year"], held["fiscal_year"]])
    return sorted(found.drop_nulls().unique())


def collect(session: Session) -> dict[str, int]:
    """Archive what landed and enter it in the catalogue; return counts by state."""
    home = session.home
    if session.landed.is_empty():
        scan(session)
    before = archive.held(home.archive).keys()
    kept = archive.keep(session.landed.filter(pl.col("status").is_in(_STATES)), home.archive)
    session.archived |= archive.held(home.archive).keys() - before
    kept = _after_what_they_replace(kept, lake.documents(home.lake))
    catalogue = pl.concat([kept, _catalogue(home)]).unique("document_id", keep="first", maintain_order=True)
    lake.write_parquet(catalogue, home.lake / "catalogue.parquet")
    lake.write_parquet(session.landed, _landed(home))
    session.facts["landed"] = dict(session.landed["status"].value_counts().iter_rows())
    return session.facts["landed"]


def refresh(session: Session) -> dict[str, int]:
    """Read and parse what is stale, store it in the lake, mark what is withdrawn; return the lake's rows by table."""
    home = session.home
    if session.healed:
        session.healed.result()
    else:
        damage.heal(home, thorough=True)
    lake.sweep(home.lake)
    stale = _catalogue(home).join(_stale(session), on="document_id", how="semi").sort("file_name")
    stale = _as_archived(session, stale)
    corrected = accepted_corrections(home)
    session.engine.read(
        home, stale, corrected, lambda done: session.reporter.progress("lake", f"{done} / {stale.height}")
    )
    withdrawals.mark(home)
    session.facts["read"] = stale.height
    session.facts["corrections_of_nothing"] = corrections.of_nothing(corrected, lake.documents(home.lake))
    session.facts["vanished"] = _vanished(session)
    return lake.rows(home.lake)


def _stale(session: Session) -> pl.DataFrame:
    """Return the documents (DOCUMENTS) that the lake lacks, holds under another name, or as other code read them.

    Those too whose withdrawal was taken back: reading them again says what they are.
    """
    home = session.home
    here = session.landed.filter(pl.col("status").is_in(_STATES))
    away = _catalogue(home).join(here, on="document_id", how="anti")
    if session.years:
        away = away.filter(pl.col("fiscal_year").is_in(session.years))
    reinstated = (pl.col("status") == "withdrawn") & ~pl.col("document_id").is_in(list(withdrawals.decisions(home)))
    known = lake.documents(home.lake)
    again = pl.concat([_put_back(here, known), _back(home, here, known)]).implode()
    held = known.filter(
        pl.col("code_version") == inputs.reading_code(home), ~reinstated, ~pl.col("document_id").is_in(again)
    )
    return pl.concat([here, away]).join(held, on=["document_id", "file_name"], how="anti")


def _back(home: Home, here: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return the ids of documents that were refused for want of their bytes, which are there again."""
    refused = known.filter(pl.col("status") == "quarantined")["document_id"].clear()
    if (known["status"] == "quarantined").any():
        # What changed under the load before, or went away, is not in the archive.
        torn = lake.refused(home.lake, "changed_while_loading").join(here, on="document_id", how="semi")
        lost = lake.refused(home.lake, archive.DAMAGED)
        if lost.height:
            archived = _catalogue(home).filter(_DIGEST.is_in(list(archive.held(home.archive))))
            lost = lost.join(pl.concat([here, archived]), on="document_id", how="semi")
        refused = pl.concat([torn, lost])["document_id"]
    return refused


def _as_archived(session: Session, stale: pl.DataFrame) -> pl.DataFrame:
    """Return `stale` with documents refused of which nobody has the bytes any more: no figure comes from others.

    What this load has not archived itself is looked at byte by byte; what has changed is archived again where it landed.
    """
    home = session.home
    names = dict(stale.filter(pl.col("status") == "document").select(_DIGEST, "file_name").iter_rows())
    changed = list(archive.verify(home.archive, names.keys() - session.archived))
    for name, _ in changed:
        archive.set_aside(home.archive, name)
    if changed:
        archive.keep(session.landed.filter(pl.col("status").is_in(_STATES)), home.archive)
    lost = names.keys() - archive.held(home.archive).keys()
    for digest in sorted(lost, key=names.__getitem__):
        _LOG.warning(
            "archive: the bytes of %s are lost or have changed; it is quarantined. Land it again.\n"
            "归档文件 %s 已丢失或被改动，予以隔离；请重新投放。",
            names[digest],
            names[digest],
        )
    refuse = _DIGEST.is_in(list(lost)) & (pl.col("status") == "document")
    return stale.with_columns(
        status=pl.when(refuse).then(pl.lit("quarantined")).otherwise("status"),
        reason=pl.when(refuse).then(pl.lit(archive.DAMAGED)).otherwise("reason"),
    )


def _put_back(here: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return the ids of landed documents under whose name another one, loaded meanwhile, counts as the later one."""
    at = known.select("document_id", at="modified_at")
    return _replaced(here, known).join(at, on="document_id").filter(pl.col("at") <= pl.col("last"))["document_id"]


def _replaced(landed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return of landed documents when the `last` of the others was written that had their name."""
    others = known.filter(pl.col("status") != "withdrawn").select("file_name", other="document_id", last="modified_at")
    pairs = landed.select("document_id", "file_name").join(others, on="file_name")
    return pairs.filter(pl.col("document_id") != pl.col("other")).group_by("document_id").agg(pl.col("last").max())


def _after_what_they_replace(landed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Let landed documents count as written after those whose place in the landing folder they have taken, whatever their files'
    times say: an older file that is put back has them of old."""
    own, last = pl.col("modified_at"), pl.col("last")
    later = pl.when(last >= own).then(last + pl.duration(microseconds=1)).otherwise(own)
    dated = landed.join(_replaced(landed, known), on="document_id", how="left", maintain_order="left")
    return dated.with_columns(modified_at=later).drop("last")


def accepted_corrections(home: Home) -> pl.DataFrame:
    """Return the accepted corrections; raises Trouble where their file is not as it should be."""
    try:
        return corrections.load(home.corrections)
    except ValueError as error:
        raise Trouble(
            f"The corrections cannot be read: {error}. Mend {home.corrections} and load again.",
            f"无法读取更正文件：{error}。请修正 {home.corrections} 后重新装载。",
        ) from error


def _vanished(session: Session) -> list[str]:
    """Return the ids of documents in the lake that are in the landing folder no more."""
    held = lake.documents(session.home.lake).filter(pl.col("status") != "withdrawn")
    return held.join(session.landed, on="document_id", how="anti")["document_id"].to_list()


def _catalogue(home: Home) -> pl.DataFrame:
    """Return every document ever collected, with `path` leading into the archive where the home stands now."""
    file = home.lake / "catalogue.parquet"
    if not file.exists():
        return pl.DataFrame(schema=documents.DOCUMENTS)
    paths = {name: str(path).encode() for name, path in archive.held(home.archive).items()}
    return pl.read_parquet(file).with_columns(
        path=_DIGEST.replace_strict(paths, default=pl.col("path"), return_dtype=pl.Binary)
    )


def _landed(home: Home) -> Path:
    return home.lake / "landed.parquet"
