"""dbt inside this process: a call of its command line costs seconds of start, `dbtRunner` does not.

dbt is imported inside the functions: a load that finds nothing to do never pays for it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import lake
from orchestration import inputs
from orchestration.home import REPOSITORY, Home
from orchestration.trouble import Trouble

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

PROJECT = REPOSITORY / "dbt_project"
FIXED = "fixed"
"""Tag of what hangs on code and reference files alone, and is not built again on top of an earlier build."""
_GOOD = {"success", "pass", "no-op"}
"""Exposures come along in a build, and there is nothing to do for them."""
_ON_TOP = ("--selector", "on_top", "--threads", "4")
"""Models and tests look at few rows then: more of them at once need no more memory, and wait less for each other."""
_WHOLE_AND_LARGE = ("--threads", "1")
"""One after the other, on all cores: each takes all the memory there is before it spills, and two at once would fail for it."""
_LARGE = 1_000_000
"""Rows of the lake's indicators from which a build is large."""
_parsed: "dict[Home, Manifest]" = {}
"""What this process has parsed: a build then need not parse again."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test."""

    unique_id: str
    name: str
    resource_type: str
    """model, seed, snapshot, test, unit_test"""
    status: str
    """success, pass, warn, fail, error, skipped"""
    seconds: float
    failures: int | None
    message: str

    @property
    def good(self) -> bool:
        """Whether it did what it should; a warning did."""
        return self.status in _GOOD or self.status == "warn"


@dataclass
class Build:
    """The outcome of one dbt build."""

    nodes: list[NodeResult] = field(default_factory=list)
    is_on_top: bool = False
    """Whether it built on what the build before it left."""

    @property
    def blocking(self) -> list[NodeResult]:
        """What keeps the warehouse from being published, skipped ones aside."""
        return [node for node in self.nodes if not node.good and node.status != "skipped"]


def _target(home: Home, target: str = "duckdb") -> Path:
    return home.warehouse / ("dbt" if target == "duckdb" else f"dbt-{target}")


def manifest_of(home: Home, target: str) -> dict[str, Any]:
    """Return the manifest of the last run on a target of profiles.yml."""
    return json.loads((_target(home, target) / "manifest.json").read_text("utf-8"))


def manifest_path(home: Home) -> Path:
    """Return where `parse` leaves the manifest; dbt's own is written in place, under the eyes of other processes."""
    return home.warehouse / "manifest.json"


@contextmanager
def parsing(home: Home) -> Iterator[None]:
    """Let one process of a home parse at a time: Dagster's pages and its daemon start together."""
    home.warehouse.mkdir(parents=True, exist_ok=True)
    with (home.warehouse / ".parsing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def parse(home: Home) -> None:
    """Parse the project (quick when little has changed since), keep the result, and leave `manifest.json` behind."""
    _parsed[home] = _invoke(home, ["parse"]).result  # pyright: ignore[reportArgumentType]
    aside = manifest_path(home).with_suffix(".aside")
    shutil.copyfile(_target(home) / "manifest.json", aside)
    aside.replace(manifest_path(home))


def prepare(home: Home) -> None:
    """Import dbt and read what the last parse left, so that `build` begins at once."""
    if home not in _parsed:
        _parsed[home] = _invoke(home, ["parse", "--no-write-json"]).result  # pyright: ignore[reportArgumentType]


def build(home: Home, release_id: str, on_node: Callable[[str, str], None]) -> Build:
    """Build and test everything in `home.database`, on what the last build left there; see `run`."""
    mark = _begin(home)
    is_on_top = home.database.exists()
    is_large = lake.rows(home.lake)["indicator"] >= _LARGE
    options = ["--no-write-json", *(_ON_TOP if is_on_top else _WHOLE_AND_LARGE if is_large else [])]
    try:
        nodes = run(home, release_id, on_node, options=options, manifest=_parsed.get(home)).nodes
    finally:
        _close()
    build = Build(nodes, is_on_top)
    if not build.blocking:
        mark.write_text(_made_by(home), "utf-8")
    return build


def run(
    home: Home,
    release_id: str,
    on_node: Callable[[str, str], None],
    *,
    target: str = "duckdb",
    options: Sequence[str] = (),
    manifest: "Manifest | None" = None,
) -> Build:
    """Let dbt build and test on a target of profiles.yml; `on_node(name, status)` hears of each node as it ends.

    `release_id` is what the table `release` will say.
    """

    def listen(event: "EventMsg") -> None:
        if event.info.name == "NodeFinished":
            node = event.data.node_info  # pyright: ignore[reportAttributeAccessIssue]
            on_node(node.node_name, node.node_status)

    os.environ["JIXIAO_RELEASE"] = release_id
    result = _invoke(home, ["build", *options], manifest, listen, target)
    return Build([_node(run) for run in getattr(result.result, "results", [])])


def _begin(home: Home) -> Path:
    """Take the mark of the last whole build away and return its place.

    Models build on what the last build left. Where that was killed or failed, was made by other models, or cannot be
    opened, everything is built anew.
    """
    home.warehouse.mkdir(parents=True, exist_ok=True)
    mark = home.warehouse / ".built"
    if not is_whole(home, home.database):
        forget(home)
    mark.unlink(missing_ok=True)
    published(home).unlink(missing_ok=True)
    folder = os.open(home.warehouse, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return mark


def is_whole(home: Home, database: Path) -> bool:
    """Whether the next build can be made on top of what the last one left in `database`."""
    mark = home.warehouse / ".built"
    made_by = mark.read_text("utf-8") if mark.exists() else ""
    return made_by == _made_by(home) and _opens(database) and _opens(home.work)


def published(home: Home) -> Path:
    """Return the place of the mark which release the warehouse became (orchestration.base)."""
    return home.warehouse / ".published"


def _made_by(home: Home) -> str:
    """Return what the tables of a build depend on, the lake's rows aside.

    That is the models; the reference files, which are a part of ingest; the engine, whose hashes are kept between builds;
    the place of the lake, which stands in views.
    """
    code = inputs.code()
    return f"{code['dbt_project']} {code['ingest']} duckdb {version('duckdb')} {home.lake}"


def forget(home: Home) -> None:
    """Remove what the last build left; the next one on DuckDB is a whole one."""
    home.warehouse.mkdir(parents=True, exist_ok=True)
    for path in [*home.warehouse.glob(f"{home.database.name}*"), *home.warehouse.glob(".built"), published(home)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _opens(database: Path) -> bool:
    import duckdb  # noqa: PLC0415

    try:
        # Read only: a database that is gone is not to be made here, in another storage version than dbt's.
        duckdb.connect(str(database), read_only=True).close()
    except duckdb.Error:
        return False
    return True


def _invoke(
    home: Home,
    command: list[str],
    manifest: "Manifest | None" = None,
    listener: "Callable[[EventMsg], None] | None" = None,
    target: str = "duckdb",
) -> "dbtRunnerResult":
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    os.environ |= {
        "JIXIAO_LAKE": str(home.lake),
        "JIXIAO_REFERENCE": str(REPOSITORY / "ingest" / "reference"),
        "JIXIAO_WAREHOUSE": str(home.database),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    folders = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", _target(home, target)]
    logs = ["--log-path", home.quality / "runs", "--log-level", "none", "--log-level-file", "info"]
    runner = dbtRunner(manifest=manifest, callbacks=[listener] if listener else [])
    result = runner.invoke([*command, "--target", target, *map(str, [*folders, *logs])])
    if result.exception is not None:
        raise Trouble(
            f"dbt could not {command[0]} the project: {result.exception}",
            f"dbt {command[0]} 失败：{result.exception}",
        ) from result.exception
    return result


def _node(run: Any) -> NodeResult:
    node = run.node
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        resource_type=str(node.resource_type),
        status=str(run.status),
        seconds=round(run.execution_time, 3),
        failures=run.failures,
        message=run.message or "",
    )


def _close() -> None:
    """Let go of the database: dbt keeps its file locked for as long as the process lives."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    DuckDBConnectionManager.close_all_connections()
