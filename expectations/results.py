"""What a gate is asked and says: plain data that crosses the process border as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SAMPLE_ROWS = 20
"""Offending rows shown of each failure; all of them are counted."""


@dataclass(frozen=True)
class OnTop:
    """What a load has added to what passed the gate before."""

    database: Path
    """The tables with the rows that are new, and with what these refer to."""
    years: frozenset[int | None]
    """The fiscal years of these rows, and of those that are gone."""


@dataclass(frozen=True)
class Outcome:
    """What became of one check."""

    table: str
    title_en: str
    title_zh: str
    passed: bool
    blocks: bool
    """Whether a failure of it keeps the release back."""


@dataclass(frozen=True)
class Failure:
    """An expectation that did not hold: all offending rows counted, up to `SAMPLE_ROWS` of them shown."""

    title_en: str
    title_zh: str
    table: str
    blocks: bool
    count: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    observed: str = ""
    """The observed value, where the expectation is about a whole table."""


@dataclass(frozen=True)
class Measure:
    """A measured value of one fiscal year, as a baseline of `baselines.yml` defines it."""

    metric: str
    fiscal_year: int | None
    value: float


@dataclass(frozen=True)
class GateResult:
    """The verdict of one gate."""

    gate: str
    outcomes: list[Outcome]
    """Every check, in the suite's order."""
    failures: list[Failure]
    measures: list[Measure]
    seconds: float
    since: str = ""
    """The release whose rows passed then and were not judged again; empty: all rows were judged."""

    @property
    def checked(self) -> int:
        """Number of checks."""
        return len(self.outcomes)

    @property
    def passed(self) -> bool:
        """Whether nothing that blocks has failed."""
        return not any(failure.blocks for failure in self.failures)

    def to_json(self) -> str:
        """Return the result as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> "GateResult":
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        raw["outcomes"] = [Outcome(**outcome) for outcome in raw["outcomes"]]
        raw["failures"] = [Failure(**failure) for failure in raw["failures"]]
        raw["measures"] = [Measure(**measure) for measure in raw["measures"]]
        return cls(**raw)
