"""The two files of baselines in a home: what its owner has accepted, and what the last load proposes.

Both are lists of entries, one a metric and fiscal year, that a reviewer can read and edit: value, tolerance, what a breach
does, since when, why, and which value was accepted before.
"""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from ingest import entries

_HEAD = {
    "accepted": "# Accepted baselines 已确认的基线. Change them with: uv run jixiao baseline accept [YEAR] --reason WHY",
    "proposed": (
        "# What the last load measured and nobody has accepted yet 最近一次装载测得、尚未确认的值.\n"
        "# tolerance, below and above may be changed before: uv run jixiao baseline accept [YEAR] --reason WHY"
    ),
}
_BREACHES = ("block", "warn")
_NEEDED = {"metric", "fiscal_year", "value", "tolerance", "below", "above"}


@dataclass(frozen=True)
class Entry:
    """The value of a metric in one fiscal year."""

    metric: str
    fiscal_year: int
    value: float
    tolerance: float
    """Share of a count or mean, points of a share (0.05: five percentage points)."""
    below: str
    above: str
    """What a value out of the tolerance does: block or warn."""
    was: float | None = None
    """The value that was accepted before."""
    since: date | None = None
    reason: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What it is the value of."""
        return self.metric, self.fiscal_year


def read(file: Path) -> list[Entry]:
    """Return the entries of `file`, none where there is no file; raises ValueError that names what is wrong in it."""
    return [_entry(entry, f"{file}, entry {number}") for number, entry in enumerate(entries.read(file), 1)]


def _entry(raw: Any, where: str) -> Entry:
    if not isinstance(raw, dict):
        raise ValueError(f"{where}: metric, fiscal_year, value, tolerance, below and above were expected, not {raw!r}")
    missing, unknown = _NEEDED - raw.keys(), raw.keys() - {known.name for known in fields(Entry)}
    if missing or unknown:
        named = (("missing", missing), ("not known", unknown))
        raise ValueError(
            f"{where}: " + "; ".join(f"{word}: {', '.join(sorted(map(str, names)))}" for word, names in named if names)
        )
    entry = Entry(**raw)
    numbers = (entry.value, entry.tolerance)
    if not isinstance(entry.metric, str):
        raise ValueError(f"{where}: metric is the name of one, not {entry.metric!r}")
    if not isinstance(entry.fiscal_year, int) or not all(
        isinstance(number, int | float) and isfinite(number) for number in numbers
    ):
        raise ValueError(f"{where}: fiscal_year is a year, value and tolerance are numbers")
    if entry.below not in _BREACHES or entry.above not in _BREACHES:
        raise ValueError(f"{where}: below and above are one of {', '.join(_BREACHES)}")
    return entry


def write(file: Path, held: Iterable[Entry]) -> None:
    """Write entries to `file`, one a line, whole or not at all; `file`'s name says which of the two it is."""
    head = _HEAD["proposed" if ".proposed" in file.name else "accepted"]
    lines = [
        yaml.safe_dump(_plain(entry), default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
        for entry in sorted(held, key=lambda entry: (entry.fiscal_year, entry.metric))
    ]
    aside = file.with_name(f".{file.name}.aside")
    with aside.open("w", encoding="utf-8") as stream:
        stream.write("\n".join([head, *(f"- {line.strip()}" for line in lines)]) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)


def _plain(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if value not in (None, "")}


def accept(accepted: Path, proposed: Path, year: int | None, reason: str, today: date) -> list[Entry]:
    """Move what is proposed (for `year`, or all) to what is accepted; return it, with date, reason and old value."""
    held = {entry.key: entry for entry in read(accepted)}
    waiting = read(proposed)
    taken = [
        replace(entry, since=today, reason=reason, was=held[entry.key].value if entry.key in held else None)
        for entry in waiting
        if year in (None, entry.fiscal_year)
    ]
    if taken:
        write(accepted, (held | {entry.key: entry for entry in taken}).values())
        write(proposed, [entry for entry in waiting if year not in (None, entry.fiscal_year)])
    return taken
