"""The dbt project built in this process, on lakes made by `lake_fixture`."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.lake_fixture import Document, write_lake

REPOSITORY = Path(__file__).parents[2]
PROJECT = REPOSITORY / "dbt_project"


class Warehouse:
    """A lake and the warehouse that dbt builds of it."""

    def __init__(self, folder: Path, invoke: Callable[..., Any]) -> None:
        self.folder, self._invoke = folder, invoke
        self.database = folder / "warehouse.duckdb"

    def load(self, *documents: Document) -> "Warehouse":
        """Add documents to the lake."""
        write_lake(self.folder / "lake", documents)
        return self

    def build(self, *options: str) -> dict[str, str]:
        """Build and test everything but the quality rules; return each node's status by name."""
        return self._invoke(self.folder, "build", *options)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse, schema marts."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("use warehouse.marts")
            return connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def invoke(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, str]]:
    """Return how to run dbt; the project is parsed once."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    target = tmp_path_factory.mktemp("dbt")
    manifest = None

    def run(folder: Path, command: str, *options: str) -> dict[str, str]:
        nonlocal manifest
        os.environ |= {
            "JIXIAO_LAKE": str(folder / "lake"),
            "JIXIAO_REFERENCE": str(REPOSITORY / "ingest" / "reference"),
            "JIXIAO_WAREHOUSE": str(folder / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
        }
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-level", "none"]
        if manifest is None:
            manifest = dbtRunner().invoke(["parse", *places]).result
        try:
            done = dbtRunner(manifest=manifest).invoke([command, *options, *places])  # pyright: ignore[reportArgumentType]
        finally:
            DuckDBConnectionManager.close_all_connections()
        if done.exception:
            raise done.exception
        return {run.node.name: f"{run.status} {run.message or ''}" for run in done.result.results}  # pyright: ignore

    return run


@pytest.fixture(scope="session")
def built(invoke: Callable[..., dict[str, str]]) -> Callable[[Path, Iterable[Document]], Warehouse]:
    """Return how to build a warehouse of some documents; every model and test has to pass."""

    def build(folder: Path, documents: Iterable[Document], *options: str) -> Warehouse:
        warehouse = Warehouse(folder, lambda *a: invoke(*a, *_WITHOUT_RULES))
        outcome = warehouse.load(*documents).build(*options)
        bad = {name: status for name, status in outcome.items() if not status.startswith(("success", "pass", "no-op"))}
        assert not bad, bad
        return warehouse

    return build


_WITHOUT_RULES = (
    "--exclude",
    "path:models/quality",
    "path:tests/quality",
    "path:seeds/quality",
    "resource_type:unit_test",
)
