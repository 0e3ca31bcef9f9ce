"""What differs between one machine and a cluster, and nothing else: where documents are parsed, where dbt builds, what the
gates read. Landing, archive, lake, Dagster's graph and the release are the same.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import polars as pl

from expectations.results import GateResult, OnTop
from orchestration.home import Home
from orchestration.transform import Build


class Engine(Protocol):
    """An engine, for one load."""

    builds_on_top: bool
    """Whether it writes anew only what has changed."""

    def start(self) -> None:
        """Begin what takes long to start."""
        ...

    def read(self, home: Home, stale: pl.DataFrame, corrected: pl.DataFrame, progress: Callable[[int], None]) -> None:
        """Read documents (ingest.documents.DOCUMENTS) into the lake; `progress` hears how many are done."""
        ...

    def build(self, home: Home, release_id: str, on_node: Callable[[str, str], None]) -> Build:
        """Build and test `home.database` from the lake; see orchestration.transform."""
        ...

    def judge(self, home: Home, gate: str, on_top: OnTop | None = None) -> GateResult:
        """Run the gate `parsed` on the lake or `marts` on what was built, or on what is new there."""
        ...

    def finish_pages(self) -> None:
        """Return once the pages of the gates are written."""
        ...


class Name(StrEnum):
    """The engines there are."""

    duckdb = "duckdb"
    spark = "spark"


def opened(name: str | None, log: Path) -> AbstractContextManager[Engine]:
    """Open an engine, JIXIAO_ENGINE's where no name is given; what its libraries say goes to the file `log`."""
    if Name(name or os.environ.get("JIXIAO_ENGINE") or Name.duckdb) is Name.spark:
        from orchestration.engines.spark import Spark  # noqa: PLC0415

        return Spark()
    from orchestration.engines.local import Local  # noqa: PLC0415

    return Local(log)
