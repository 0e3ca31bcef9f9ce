"""The last stage: from a warehouse that has passed every gate to the release that is served."""

import logging
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from expectations import report
from orchestration import (
    base,
    clock,
    compare,
    datasets,
    dictionary,
    inputs,
    package,
    release,
    retention,
    store,
    transform,
)
from orchestration import report as yearly_report
from orchestration.anew import EVERYTHING
from orchestration.home import Home
from orchestration.session import Session

_LOG = logging.getLogger(__name__)
_TOOLS = ("polars", "duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "dagster")
_CHANGE = {
    "change_no": pl.Int32,
    "table_name": pl.String,
    "change_kind": pl.String,
    "column_name": pl.String,
    "fiscal_year": pl.Int32,
    "value_before": pl.Decimal(24, 6),
    "value_after": pl.Decimal(24, 6),
    "previous_release_id": pl.String,
}


def publish(session: Session) -> release.Release:
    """Write, seal and serve a release of what `session` has built."""
    home = session.home
    before, changes = session.compared.result() if session.compared else compared(session)
    release.fill(home, {"release_change": _rows(changes, before)})
    report.write(session.gates.values(), home.quality / "index.html")
    manifest: dict[str, Any] = {
        "release_id": session.release_id,
        "created_at": clock.now().isoformat(timespec="seconds"),
        "key": inputs.key(home),
        "code": inputs.code(),
        "tools": {name: version(name) for name in ("jixiao", *_TOOLS)},
        "documents": inputs.documents(home),
        "rows": release.rows(home.database),
        "gates": {
            name: {
                "checked": gate.checked,
                "since": gate.since,
                "warnings": [f.title_en for f in gate.failures],
                "measures": list(map(asdict, gate.measures)),
            }
            for name, gate in session.gates.items()
        },
        "seconds": session.seconds,
        "previous": before.release_id if before else None,
        "changes": changes,
    }
    kept = _kept(session, changes)

    def explain(aside: Path) -> None:
        package.explain(home, aside, manifest, kept)
        yearly_report.write(aside, manifest)

    aside = release.write(home, session.release_id, kept, explain)
    package.describe(home, aside, manifest)
    session.engine.finish_pages()
    base.keep(home, session.release_id)
    session.published = release.publish(home, aside, manifest)
    retention.retain(home)
    store.keep(home)
    return session.published


def compared(session: Session) -> tuple[release.Release | None, dict[str, Any]]:
    """Return the release that is served, and what `session` has changed against it.

    A release that is damaged is none, as before the first load: else nothing could be published any more.
    """
    home, before = session.home, release.current(session.home)
    keys = {name: table.key for name, table in dictionary.read(home).items()}
    if before is None:
        return None, compare.releases(None, home.database)
    if release.is_whole(before):
        try:
            return before, compare.releases(before.database, home.database, keys, session.anew)
        except duckdb.Error as error:
            broken = release.verify(before)
            if not broken:
                raise
            if session.anew:
                transform.forget(home)  # it holds what it was built on
                raise release.damaged(home, before, ", ".join(broken)) from error
    _LOG.warning(
        "The release %s is damaged: this load is compared with nothing, as a first one.\n"
        "版本 %s 已损坏：本次装载按首次装载处理，不与之比较。",
        before.release_id,
        before.release_id,
    )
    return None, compare.releases(None, home.database)


def _kept(session: Session, changes: dict[str, Any]) -> datasets.Kept | None:
    """Return what stays of the release on top of which this load was built."""
    if session.base is None or session.anew is None:
        return None
    of_documents = [(year, None) for year in session.anew.years]
    parts = {
        # Lines lie where their document does: it may have moved to another year and say the same.
        table: changes["tables"].get(table, {}).get("parts", ()) if "fiscal_year" in columns else of_documents
        for table, columns in _columns(session.home).items()
        if session.anew.conditions[table] != EVERYTHING
    }
    before = session.base.release
    return datasets.Kept(before.folder, parts, before.manifest["files"], session.anew)


def _columns(home: Home) -> dict[str, set[str]]:
    return {name: set(table.columns) for name, table in dictionary.read(home).items()}


def _rows(changes: dict[str, Any], before: release.Release | None) -> pl.DataFrame:
    """Return the rows of the table `release_change`; a first release has nothing to be compared with."""
    if before is None:
        return pl.DataFrame(schema=_CHANGE)
    rows = [
        {
            **change,
            "change_no": number,
            "value_before": change["before"],
            "value_after": change["after"],
            "previous_release_id": before.release_id,
        }
        for number, change in enumerate(compare.flat(changes), 1)
    ]
    return pl.DataFrame(rows, _CHANGE)
