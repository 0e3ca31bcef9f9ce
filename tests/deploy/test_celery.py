"""Loads of two homes on two Celery workers, over Redis: `uv run --group celery pytest tests/deploy/test_celery.py`.

It takes some minutes, and is skipped where the group celery or Redis is not installed.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import yaml

from orchestration import release
from orchestration.home import Home
from tests.conftest import few_forms

if TYPE_CHECKING:
    from dagster._core.storage.dagster_run import RunRecord

pytest.importorskip(
    "dagster_celery", reason="the group celery is not installed: uv run --group celery pytest tests/deploy"
)
pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="Redis is not installed (redis-server)")
SETTINGS = Path(__file__).parents[2] / "deploy/celery/dagster.yaml"
PROGRAMS = Path(sys.executable).parent
WORKERS = ("one", "two")
PLACES = ("a", "a", "b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two homes with documents, and Dagster's instance as deploy/celery says, its history in SQLite instead of PostgreSQL."""
    folder = tmp_path_factory.mktemp("celery")
    settings = yaml.safe_load(SETTINGS.read_text("utf-8"))
    del settings["storage"]
    (folder / "dagster").mkdir()
    (folder / "dagster" / "dagster.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    for place in set(PLACES):
        landing = folder / place / "landing" / "2023"
        landing.mkdir(parents=True)
        (landing / "forms.txt").write_text(few_forms(), "utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(folder: Path) -> "Iterator[list[RunRecord]]":
    """What became of three loads that were launched together, two of them of one home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(folder / "dagster"),
        "JIXIAO_HOME": str(folder / "own"),
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0",
        "CELERY_RESULT_BACKEND": f"redis://127.0.0.1:{port}/1",
    }
    worker = [PROGRAMS / "celery", "-A", "dagster_celery.app", "worker", "--disable-prefetch", "-c", "1"]
    module = ["-m", "orchestration.definitions"]
    commands = {
        "redis": ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        **{name: [*worker, "--max-tasks-per-child", "1", "-n", f"{name}@%h"] for name in WORKERS},
        # Last, so that all three wait in the queue when it begins to look.
        "daemon": [PROGRAMS / "dagster-daemon", "run", *module],
    }
    processes = []
    try:
        for place in PLACES:
            launch(folder / place, environment, module)
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        with dg.DagsterInstance.from_config(str(folder / "dagster")) as instance:
            yield ended(instance, folder)
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def launch(home: Path, environment: dict[str, str], module: list[str]) -> None:
    """Launch a load as docs/scale.md says."""
    config = {"resources": {"desk": {"config": {"home": str(home)}}}}
    years = {f"dagster/asset_partition_range_{end}": "2023" for end in ("start", "end")}
    tags = {"jixiao/home": str(home), "jixiao/years": "every", **years}
    command = [PROGRAMS / "dagster", "job", "launch", *module, "-j", "load"]
    given = ["--config-json", json.dumps(config), "--tags", json.dumps(tags)]
    subprocess.run([*command, *given], env=environment, check=True, capture_output=True)


def ended(instance: dg.DagsterInstance, folder: Path) -> "list[RunRecord]":
    """Wait for all runs; return them in the order in which they began."""
    end = time.monotonic() + 900
    while True:
        records = instance.get_run_records()
        if len(records) == len(PLACES) and all(record.dagster_run.is_finished for record in records):
            return sorted(records, key=lambda record: record.start_time or 0)
        assert time.monotonic() < end, (folder / "daemon.log").read_text()[-2000:]
        time.sleep(1)


def place_of(record: "RunRecord") -> str:
    return Path(record.dagster_run.tags["jixiao/home"]).name


def test_every_load_ends_well(runs: "list[RunRecord]", folder: Path) -> None:
    assert [record.dagster_run.status for record in runs] == [dg.DagsterRunStatus.SUCCESS] * len(PLACES)
    for place in set(PLACES):
        served = release.current(Home(folder / place))
        assert served is not None
        assert release.verify(served) == []


def test_two_homes_load_at_once_on_two_workers(runs: "list[RunRecord]", folder: Path) -> None:
    first, second = runs[:2]
    assert {place_of(first), place_of(second)} == set(PLACES)
    assert first.end_time is not None and second.start_time is not None  # noqa: PT018
    assert second.start_time < first.end_time
    for name in WORKERS:
        assert "RUN_SUCCESS" in (folder / f"{name}.log").read_text("utf-8"), name


def test_a_home_has_one_writer(runs: "list[RunRecord]") -> None:
    first, second = (record for record in runs if place_of(record) == "a")
    assert first.end_time is not None and second.start_time is not None  # noqa: PT018
    assert second.start_time >= first.end_time
