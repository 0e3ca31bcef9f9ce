"""The engine of many machines: documents are parsed on Spark's workers, dbt builds there, the gates judge there.

This process only submits. Workers need what this one has installed, and the home folder under the same path on storage
that all machines share. Every build is a whole one: Spark's Parquet tables know no deletion of rows.
"""

import os
import shutil
import sys
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from expectations.results import GateResult, OnTop
from ingest import arrow, lake
from ingest.schema import LAKE
from orchestration import inputs, transform
from orchestration.engines import handover
from orchestration.home import Home
from orchestration.trouble import Trouble

ADDRESS = "JIXIAO_SPARK"
"""Environment variable with the cluster's address: spark://host:7077, or sc://host:15002 for Spark Connect."""
_HERE = "local[*]"
_TASK_BYTES = 64 * 1024 * 1024
_LEAST_TASKS = 16
_SETTINGS = {
    "spark.app.name": "jixiao",
    "spark.sql.session.timeZone": "UTC",
    # Parts of the lake that older code wrote may lack columns.
    "spark.sql.parquet.mergeSchema": "true",
}
_PROCESS_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # As many tasks as there are cores, each with one thread.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
}
"""Settings that a Spark Connect server has of its own."""


class Spark:
    """Submits to a Spark cluster, or to Spark in a process beside this one."""

    builds_on_top = False

    def __init__(self) -> None:
        self._address = os.environ.get(ADDRESS) or _HERE

    def start(self) -> None:
        """Open the session."""
        self._session  # noqa: B018

    @cached_property
    def _session(self) -> Any:
        """The session (pyspark.sql.SparkSession); dbt-spark and Great Expectations find the same one."""
        try:
            import dbt.adapters.spark  # pyright: ignore[reportMissingImports]  # noqa: F401, PLC0415
            from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]  # noqa: PLC0415
        except ImportError as error:
            raise Trouble(
                f"The engine spark needs packages that are not installed ({error.name})."
                " Run: uv run --group spark jixiao load --engine spark",
                "spark 引擎所需的依赖包尚未安装。请运行：uv run --group spark jixiao load --engine spark",
            ) from error
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        is_remote = self._address.startswith("sc://")
        if is_remote:
            os.environ["SPARK_REMOTE"] = self._address  # dbt-spark asks pyspark for the session there is
        builder = (
            SparkSession.builder.remote(self._address) if is_remote else SparkSession.builder.master(self._address)
        )
        for name, value in (_SETTINGS if is_remote else _SETTINGS | _PROCESS_SETTINGS).items():
            builder = builder.config(name, value)
        try:
            session = builder.getOrCreate()
        except Exception as error:  # of py4j, grpc or pyspark, by what is wrong
            raise Trouble(
                f"Spark cannot be had at {self._address}: {_first_line(error)}. {ADDRESS} names the cluster:"
                " spark://host:7077, which asks for Java 17 here too, or sc://host:15002, which does not.",
                f"无法连接 Spark（{self._address}）。{ADDRESS} 指定集群地址：spark://host:7077（本机也须安装 Java 17）"
                "或 sc://host:15002（本机不需要）。",
            ) from error
        if not is_remote:
            session.sparkContext.setLogLevel("ERROR")
        return session

    def read(self, home: Home, stale: pl.DataFrame, corrected: pl.DataFrame, progress: Callable[[int], None]) -> None:
        """Parse on the workers; all of it counts at once, when all is done."""
        if stale.is_empty():
            return
        weight = int(stale.get_column("byte_size").sum() or 0)
        tasks = min(stale.height, max(_LEAST_TASKS, weight // _TASK_BYTES))
        parse = partial(
            arrow.parse, lake_folder=str(home.lake), code_version=inputs.reading_code(home), corrected=corrected
        )
        frame = self._session.createDataFrame(arrow.table(stale)).repartition(tasks)
        try:
            rows = frame.mapInArrow(parse, "part string").collect()
        except Exception as error:
            raise Trouble(
                f"The workers could not read the documents: {_first_line(error)}",
                f"工作节点未能读取文件：{_first_line(error)}",
            ) from error
        writer = lake.Writer(home.lake)
        writer.adopt(lake.Part.from_json(row.part) for row in rows)
        writer.commit()
        progress(stale.height)

    def build(self, home: Home, release_id: str, on_node: Callable[[str, str], None]) -> transform.Build:
        """Build anew on Spark, then hand the public tables over to `home.database`, as their contracts say."""
        self.start()
        tables = _tables(home)
        transform.forget(home)
        shutil.rmtree(tables, ignore_errors=True)
        os.environ["JIXIAO_SPARK_TABLES"] = str(tables)
        build = transform.run(home, release_id, on_node, target="spark", options=["--full-refresh"])
        if not build.blocking:
            handover.write(transform.manifest_of(home, "spark"), tables, home.database)
        return build

    def judge(self, home: Home, gate: str, on_top: OnTop | None = None) -> GateResult:
        """Judge Spark's tables."""
        from expectations import gate as gates  # noqa: PLC0415
        from expectations.tables import SparkTables  # noqa: PLC0415

        if gate == "parsed":
            self._view(home.lake)
        return gates.judge(gate, SparkTables(self._session), home.quality, home.baselines)

    def finish_pages(self) -> None:
        """Nothing to wait for: they are written before the verdict is given."""

    def _view(self, folder: Path) -> None:
        """Let the session know the lake's tables by their names; every one has `fiscal_year`."""
        for table, schema in LAKE.items():
            # Files named one by one have no partition column, which would hide a fiscal year of their own.
            place = str(folder / table / ("*/*.parquet" if "fiscal_year" in schema else ""))
            self._session.read.parquet(place).createOrReplaceTempView(table)

    def __enter__(self) -> "Spark":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if "_session" in self.__dict__:
            self._session.stop()


def _tables(home: Home) -> Path:
    return home.warehouse / "spark"


def _first_line(error: Exception) -> str:
    """Return what an error of Spark says, without the stack of the machine on which it happened."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith(("\t", "    "))]
    return lines[-1].strip() if lines else type(error).__name__
