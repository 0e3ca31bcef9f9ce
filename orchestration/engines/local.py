"""The engine of one machine: polars in this process, DuckDB, the gates in a process of their own."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import polars as pl

from expectations import lakeview
from expectations.results import GateResult, OnTop
from expectations.worker import Gatekeeper
from ingest import batches, lake
from orchestration import inputs, transform
from orchestration.home import Home


class Local:
    """Does everything here."""

    builds_on_top = True

    def __init__(self, log: Path) -> None:
        self._open = ExitStack()
        self._meanwhile = self._open.enter_context(ThreadPoolExecutor(1))
        self._prepared: Future[None] | None = None
        self._gatekeeper = self._open.enter_context(Gatekeeper(self._open.enter_context(log.open("ab"))))

    def start(self) -> None:
        """Let Great Expectations import meanwhile."""
        self._gatekeeper.start()

    def read(self, home: Home, stale: pl.DataFrame, corrected: pl.DataFrame, progress: Callable[[int], None]) -> None:
        """Read batch by batch; each counts as soon as it is whole."""
        writer, done = lake.Writer(home.lake), 0
        for batch in batches.frames(stale, inputs.reading_code(home), corrected):
            writer.add(batch.frames, batch.years)
            if batch.is_last:
                writer.commit()
                writer, done = lake.Writer(home.lake), done + batch.years.height
            progress(done)

    def build(self, home: Home, release_id: str, on_node: Callable[[str, str], None]) -> transform.Build:
        """Build on what the last build left."""
        if self._prepared:
            self._prepared.result()
        return transform.build(home, release_id, on_node)

    def judge(self, home: Home, gate: str, on_top: OnTop | None = None) -> GateResult:
        """Judge the lake through views, the warehouse as it is. dbt gets ready while the lake is judged."""
        database = home.database
        if gate == "parsed":
            self._prepared = self._meanwhile.submit(transform.prepare, home)
            database = home.warehouse / "lake.duckdb"
            lakeview.write(home.lake, database)
        return self._gatekeeper.run(gate, database, home.quality, home.baselines, on_top)

    def finish_pages(self) -> None:
        """Wait for them: they are written while other work is done."""
        self._gatekeeper.finish()

    def __enter__(self) -> "Local":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()
