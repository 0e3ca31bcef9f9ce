"""The last stage: from a warehouse that has passed every gate to the release that is served."""

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from expectations import report
from orchestration import clock, compare, inputs, release, retention
from orchestration import report as yearly_report
from orchestration.session import Session

_TOOLS = ("polars", "duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "dagster")


def publish(session: Session) -> release.Release:
    """Write, seal and serve a release of what `session` has built."""
    home = session.home
    key = inputs.key(home)
    before = release.current(home)
    report.write(session.gates.values(), home.quality / "index.html")
    aside = release.write(home, session.release_id)
    database = aside / "warehouse.duckdb"
    manifest: dict[str, Any] = {
        "created_at": clock.now().isoformat(timespec="seconds"),
        "key": key,
        "code": inputs.code(),
        "tools": {name: version(name) for name in ("jixiao", *_TOOLS)},
        "documents": inputs.documents(home),
        "rows": release.rows(database),
        "gates": {
            name: {
                "checked": gate.checked,
                "warnings": [f.title_en for f in gate.failures],
                "measures": list(map(asdict, gate.measures)),
            }
            for name, gate in session.gates.items()
        },
        "seconds": session.seconds,
        "previous": before.release_id if before else None,
        "changes": compare.releases(before.database if before else None, database),
    }
    yearly_report.write(aside, manifest)
    session.published = release.publish(home, aside, manifest)
    retention.retain(home)
    return session.published
