"""What a load builds on: what the last build left, which became a release once it was published.

dbt then writes only some rows anew (orchestration.anew). Where that release is what is served, who comes after the build, the
gates, the comparison and the next release, looks at these alone, and takes the rest as it was judged and published.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from expectations import lakeview
from expectations.results import GateResult, Measure, OnTop
from ingest import lake
from orchestration import inputs, release, transform
from orchestration.home import Home


@dataclass(frozen=True)
class Base:
    """The served release, which is what the last build left."""

    release: release.Release
    parts: dict[str, int | None]
    """The parts of the lake that it was made of, and their fiscal years."""


def of(home: Home) -> Base | None:
    """Return the served release where it is the last build (`last_build`), and what it holds would be judged as it was."""
    told, served = _told(home), release.current(home)
    if not told or not served or (told["release"], told["judged"]) != (served.release_id, _judged(home)):
        return None
    return Base(served, told["parts"]) if release.is_whole(served) else None


def last_build(home: Home) -> Path | None:
    """Return the database on top of which the next build can be made: under construction still, or a release's by now.

    None where the last build was interrupted, was made by other models, or is gone.
    """
    database, told = home.database, _told(home)
    if not database.exists() and told:
        published = release.Release(home.releases / told["release"])
        if not release.is_whole(published):
            return None
        database = published.database
    return database if transform.is_whole(home, database) else None


def keep(home: Home, release_id: str) -> None:
    """Note of which release the warehouse is about to become a part."""
    told = {
        "release": release_id,
        "judged": _judged(home),
        "parts": {part.name: part.fiscal_year for part in lake.parts(home.lake)},
    }
    aside = transform.published(home).with_suffix(".aside")
    aside.write_text(json.dumps(told), "utf-8")
    aside.replace(transform.published(home))


def _told(home: Home) -> dict[str, Any]:
    """Return what `keep` noted, nothing where it did not."""
    mark = transform.published(home)
    try:
        return json.loads(mark.read_text("utf-8")) if mark.exists() else {}
    except ValueError:  # a power cut may leave a file without its bytes: then all is built and judged, as without one
        return {}


def new_in_lake(home: Home, since: Base) -> OnTop | None:
    """Return the parts of the lake that came since, as views in a file of their own; None where none with a form did."""
    parts = lake.parts(home.lake)
    now = {part.name: part.fiscal_year for part in parts}
    came, went = now.keys() - since.parts.keys(), since.parts.keys() - now.keys()
    if not any(part.rows["form"] for part in parts if part.name in came):
        return None
    database = home.warehouse / "lake-new.duckdb"
    lakeview.write(home.lake, database, came)
    years = {now[name] for name in came} | {since.parts[name] for name in went}
    return OnTop(database, frozenset(years))


def carried(result: GateResult, since: Base, on_top: OnTop) -> GateResult:
    """Return `result` with what the release before measured of the years that nobody has looked at again."""
    before = [Measure(**measure) for measure in since.release.manifest["gates"][result.gate]["measures"]]
    kept = [m for m in before if m.fiscal_year is not None and m.fiscal_year not in on_top.years]
    return replace(result, measures=[*result.measures, *kept], since=since.release.release_id)


def _judged(home: Home) -> str:
    """Return what the gates' verdict depends on, the rows aside: a suite, a bound that somebody accepted."""
    accepted = home.baselines.read_bytes() if home.baselines.exists() else b""
    return f"{inputs.code()['expectations']} {hashlib.sha256(accepted).hexdigest()}"
