"""The same years on DuckDB and on a Spark cluster, a master and two workers: `uv run --group spark pytest tests/spark`.

It takes some minutes, and is skipped where the group spark or Java is not installed. What the comparison leaves out says when
a home was loaded, which no two homes share: the columns checksums.WHEN and the table `release`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from benchmarks.country import write_landing
from ingest.schema import LAKE
from orchestration.home import SAMPLE
from tests.conftest import JIXIAO
from tests.dbt.checksums import checksums

pyspark = pytest.importorskip(
    "pyspark", reason="the group spark is not installed: uv run --group spark pytest tests/spark"
)
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed (17 is what Spark needs)")
GOLDEN = Path(__file__).parents[1] / "golden/forms"
_SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    "spark.cores.max": "2",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten years of a city (projects go, targets are reworded), the sample published twice, a self-evaluation, and what cannot
    be read: a broken document and lines that belong to no form."""
    folder = tmp_path_factory.mktemp("landing")
    write_landing(folder, 300)
    text = (SAMPLE / "2023" / "liuzhou-2023.txt").read_text("utf-8")
    (folder / "2023" / "a-2023-03-20.txt").write_text(text, "utf-8")
    (folder / "2023" / "b-2023-11-20.txt").write_text("说明：以下为更正稿。\n" + text.replace("=100%", "≥95%"), "utf-8")
    shutil.copy(GOLDEN / "real-sichuan-qingshen-2023-zipingbiao.txt", folder / "2023" / "self-evaluation.txt")
    (folder / "2023" / "broken.docx").write_bytes(b"PK\x03\x04 no document")
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A master and two workers of one core each; the environment that names them."""
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in _SETTINGS.items()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder / "work"),
        "PYSPARK_PYTHON": sys.executable,
        "JIXIAO_SPARK": address,
    }
    start = [f"{environment['SPARK_HOME']}/bin/spark-class", "org.apache.spark.deploy"]
    master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = ["worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g", address]
    with (folder / "log").open("wb") as log:
        processes = [
            subprocess.Popen([start[0], f"{start[1]}.{name}", *rest], env=environment, stdout=log, stderr=log)
            for name, *rest in (master, worker, worker)
        ]
        try:
            _wait_for_workers(folder / "log")
            yield environment
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def _wait_for_workers(log: Path) -> None:
    end = time.monotonic() + 120
    while log.read_text(errors="replace").count("Successfully registered with master") < 2:
        assert time.monotonic() < end, log.read_text(errors="replace")[-2000:]
        time.sleep(0.5)


@pytest.fixture(scope="module")
def homes(landing: Path, cluster: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The landing folder loaded by either engine."""
    folder = tmp_path_factory.mktemp("homes")
    for engine in ("duckdb", "spark"):
        done = subprocess.run(
            [JIXIAO, "load", "--engine", engine, "--home", folder / engine, "--source", landing],
            env=cluster, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return {engine: folder / engine for engine in ("duckdb", "spark")}


def test_the_lake_is_the_same(homes: dict[str, Path]) -> None:
    for table in LAKE:
        here, there = (
            pl.read_parquet(home / "lake" / table / "*/*.parquet", hive_partitioning=False) for home in homes.values()
        )
        assert here.height == there.height
        assert here.hash_rows().sort().equals(there.hash_rows().sort()), table


def test_every_public_table_is_the_same(homes: dict[str, Path]) -> None:
    here, there = (checksums(home / "current" / "warehouse.duckdb") for home in homes.values())
    for table in ("fct_project_change", "fct_superseded_indicator", "fct_indicator_result", "quarantine"):
        assert here[table][0] > 0, table
    different = {table for table in here.keys() | there.keys() if here.get(table) != there.get(table)}
    assert not different


def test_the_next_load_finds_nothing_to_do(homes: dict[str, Path], landing: Path, tmp_path: Path) -> None:
    """What Spark has published is as current as what DuckDB has: whoever loads next."""
    home = shutil.copytree(homes["spark"], tmp_path / "home", symlinks=True)
    done = subprocess.run(
        [JIXIAO, "load", "--home", home, "--source", landing], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing has changed" in done.stdout
