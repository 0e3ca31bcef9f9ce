"""A problem: something that somebody has to know of, whatever found it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How bad it is; the words of the quality rules."""

    error = "error"
    warning = "warning"
    info = "info"


class Words(NamedTuple):
    """A text in English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Problem:
    """One problem. `scope`, `check` and `fiscal_year` say which one it is, `fingerprint` in which shape."""

    scope: str
    """What was looked at: load, gate:parsed, finding, freshness, schedule:<name>, channel:<name> …"""
    check: str
    """Stable name within the scope."""
    severity: Severity
    title: Words
    remedy: Words
    owner: str = "operations"
    """Whose it is when alerts.yml says nothing else: operations or data."""
    fiscal_year: int | None = None
    fingerprint: str = ""
    """Identity of the failing rows: another one is news, the same one is not."""
    count: int = 0
    """All failing rows; `rows` shows a few of them."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    """Documents with lines, tables or files."""
    run_id: str = ""
    """Dagster's run that found it."""

    @property
    def key(self) -> str:
        """Which problem it is."""
        year = "" if self.fiscal_year is None else f":{self.fiscal_year}"
        return f"{self.scope}/{self.check}{year}"


def fingerprint(identities: Iterable[object]) -> str:
    """Return the fingerprint of failing rows, whatever their order."""
    return hashlib.sha256("\n".join(sorted(map(str, identities))).encode()).hexdigest()[:16]
