"""A load through Spark Connect, from a machine without Java, against DuckDB's: `uv run --group spark pytest tests/spark`.

It takes a minute or two, and is skipped where the group spark or Java (for the server) is not installed.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import JIXIAO, few_forms
from tests.dbt.checksums import checksums

pyspark = pytest.importorskip(
    "pyspark", reason="the group spark is not installed: uv run --group spark pytest tests/spark"
)
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed (17 is what Spark needs)")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Spark Connect server on this machine."""
    folder, port = tmp_path_factory.mktemp("connect"), _free_port()
    spark = Path(pyspark.__file__).parent
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": 2,
        "spark.executorEnv.POLARS_MAX_THREADS": 1,
    }
    command = [spark / "bin/spark-submit", "--master", "local[2]", "--driver-memory", "1500m"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    environment = {
        **os.environ,
        "SPARK_HOME": str(spark),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "spark-internal"], env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, folder / "log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + 180
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, log.read_text(errors="replace")[-2000:]
            time.sleep(0.5)
        else:
            return


def test_a_load_through_connect_is_the_same(address: str, tmp_path: Path) -> None:
    landing = tmp_path / "landing" / "2023"
    landing.mkdir(parents=True)
    (landing / "forms.txt").write_text(few_forms(), "utf-8")
    # A process that looked for a Java of its own would not find one.
    client = {**os.environ, "JIXIAO_SPARK": address, "JAVA_HOME": str(tmp_path / "no-java")}
    for engine in ("duckdb", "spark"):
        done = subprocess.run(
            [JIXIAO, "load", "--engine", engine, "--home", tmp_path / engine, "--source", landing.parent],
            env=client, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    here, there = (checksums(tmp_path / engine / "current" / "warehouse.duckdb") for engine in ("duckdb", "spark"))
    assert here["fct_declaration"][0] == 3
    assert {table for table in here.keys() | there.keys() if here.get(table) != there.get(table)} == set()
