"""Serving at size: a release of many declarations, made from the one that is served, and how long people wait on it.

    uv run python benchmarks/serving.py explore [--home HOME] [--declarations 100000]
        first page, filters, search, downloads: what each takes, and the processor time of it
    uv run python benchmarks/serving.py postgres [--home HOME] [--declarations 100000]
        publication of as many, and the memory that it takes (JIXIAO_POSTGRES_URL names the server)
    uv run python benchmarks/serving.py postgres --rows 10000000 --only source_line dim_document
        the same, with one long table (and what it refers to)

The release is multiplied: each copy is another declaration, project and department, with its own names and money, so
that nothing is fast only because it repeats.
"""

import argparse
import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1]))

from orchestration import postgres, release
from orchestration.explorer import app, pinyin
from orchestration.home import Home

KEYS = {
    "declaration_key", "previous_declaration_key", "version_key", "indicator_key", "previous_indicator_key", "superseded_by",
    "project_id", "candidate_project_id", "department_id", "unit_id", "document_id", "finding_key", "department_key",
    "unit_key", "project_key", "target_indicator_key",
}  # fmt: skip
NAMES = {"project_name", "department_name", "unit_name", "content", "annual_goal", "file_name"}
SHARED = {
    "dim_region", "dim_measure_unit", "dim_funding_source", "dim_quality_rule", "dim_fiscal_year", "release",
    "dim_indicator_category",
}  # fmt: skip
WAYS = {
    "filter: year": ["/?year=2023", "/projects?year=2022", "/findings?year=2024", "/indicators?year=2021", "/moves?year=2024"],
    "filter: region": ["/?region=440100", "/projects?region=450200", "/findings?region=450300", "/indicators?region=450000"],
    "filter: department": ["/?department=公安局", "/projects?department=gaj", "/findings?department=教育局"],
    "filter: attribute": ["/?attribute=经常性项目", "/projects?attribute=一次性项目", "/findings?attribute=一次性项目"],
    "filter: source": ["/?source=other", "/projects?source=general_public_local", "/findings?source=other"],
    "filter: category": ["/?category=质量指标", "/projects?category=成本指标", "/indicators?category=数量指标"],
    "filter: finding": ["/?rule=M3", "/projects?rule=Y1", "/findings?rule=Q1", "/findings?rule=B1&year=2023"],
    "filter: severity": ["/?severity=warning", "/projects?severity=info", "/findings?severity=warning"],
    "several filters": ["/?year=2023&region=450200&rule=Y1", "/projects?year=2024&source=other&severity=warning"],
    "search: Chinese": ["/projects?q=满意度", "/projects?q=螺蛳粉", "/?q=轨道交通", "/indicators?q=安全", "/projects?q=公安 交通"],
    "search: pinyin": ["/projects?q=myd", "/projects?q=gdjt", "/?q=yyfz", "/indicators?q=aq"],
    "list": ["/projects", "/indicators", "/findings", "/moves", "/changes", "/departments", "/projects?sort=-total_yuan", "/rules"],
}  # fmt: skip
"""Ways of people through the pages; the first one is the first page."""


def multiply(home: Home, folder: Path, times: int, only: set[str]) -> Home:
    """Return a home whose release holds `times` as many declarations as that of `home`, or rows of `only` some tables."""
    big = Home(folder / "home")
    aside = big.releases / ".building-20260101T000000Z-00000000"
    aside.mkdir(parents=True)
    big.warehouse.mkdir()
    with duckdb.connect(str(big.database)) as connection:
        connection.execute(f"attach '{release.require_current(home).database}' as base (read_only)")
        connection.execute("create schema marts")
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where database_name = 'base' and schema_name = 'marts' order by table_name, column_index"
        ).fetchall():
            columns.setdefault(table, []).append(column)
        for table, names in columns.items():
            is_once = table in SHARED or (only and table not in only)
            copies = "range(1)" if is_once else f"range({times})"
            listed = ", ".join(names if is_once else map(_varied, names))
            connection.execute(
                f"create table marts.{table} as select {listed} from {copies} as copy (i), base.marts.{table}"
            )
    (aside / "warehouse.duckdb").symlink_to(big.database.absolute())
    release.publish(big, aside, {"rows": {}, "key": "benchmark"})
    return big


def _varied(column: str) -> str:
    if column in KEYS:
        # The first copy keeps its keys: tables that are not multiplied refer to them.
        return f"if(i = 0, {column}, md5({column} || '/' || i)) as {column}"
    if column in NAMES:
        return (
            f"{column} || chr(cast(19968 + i % 5000 as integer)) || chr(cast(20100 + i % 3001 as integer)) as {column}"
        )
    if column.endswith("_yuan"):
        return f"cast({column} * (1 + i % 97) as decimal(18, 2)) as {column}"
    if column == "region_code":
        return "case i % 3 when 0 then '450200' when 1 then '450300' else '440100' end as region_code"
    return column


def explore(home: Home) -> None:
    """Print what each way through the pages takes; a release remembers answers, so each page is asked for once."""
    pinyin.pattern("ga")  # as the server does while it starts
    started = time.perf_counter()
    client = TestClient(app.build(home), base_url="http://127.0.0.1", headers={"Accept-Language": "zh"})
    print(f"start {1000 * (time.perf_counter() - started):.0f} ms; milliseconds, and of the processor:")
    taken: list[tuple[float, float]] = []
    for name, addresses in {"first page": ["/"], **WAYS}.items():
        way = [_asked(client, address) for address in addresses]
        taken += way
        for address, (wall, busy) in zip(addresses, way, strict=True):
            print(f"    {address:40} {wall:7.0f} {busy:7.0f}")
        print(_line(name, way))
    print(_line("all", taken))
    for kind in ("csv", "parquet", "xlsx"):
        wall = time.perf_counter()
        size = len(client.get(f"/download/projects.{kind}?year=2023").content)
        print(f"download {kind:10} {time.perf_counter() - wall:7.1f} s    {size / 1e6:7.1f} MB")


def _asked(client: TestClient, address: str) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def _line(name: str, way: list[tuple[float, float]]) -> str:
    """Return median and 95th percentile of the time on the clock and of the processor's."""
    told = "   ".join(
        f"p50 {statistics.median(times):5.0f} p95 {sorted(times)[int(0.95 * (len(times) - 1))]:5.0f}"
        for times in zip(*way, strict=True)
    )
    return f"{name:22} {told}"


def publish(home: Home) -> None:
    """Print how long the publication takes, and the most memory that this process has held."""
    served = release.require_current(home)
    before = _most_memory()
    started = time.perf_counter()
    postgres.publish(home, served)
    seconds = time.perf_counter() - started
    rows = sum(release.rows(served.database).values())
    print(
        f"{rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows a second; memory {before:.0f} → {_most_memory():.0f} MB"
    )


def _most_memory() -> float:
    """Return the most memory held so far, in MB; getrusage would count the parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["explore", "postgres"])
    parser.add_argument("--home", default=None)
    parser.add_argument("--declarations", type=int, default=100_000)
    parser.add_argument("--only", nargs="+", default=[], help="the tables to multiply, the first one to --rows")
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    home = Home.at(asked.home)
    rows = release.rows(release.require_current(home).database)
    times = max(1, asked.rows // rows[asked.only[0]] if asked.only else asked.declarations // rows["fct_declaration"])
    with tempfile.TemporaryDirectory() as folder:
        big = multiply(home, Path(folder), times, set(asked.only))
        # In a process of its own: the memory is then that of the reader, not of the multiplication.
        child = multiprocessing.get_context("spawn").Process(
            target=explore if asked.what == "explore" else publish, args=(big,)
        )
        child.start()
        child.join()
        sys.exit(child.exitcode)


if __name__ == "__main__":
    main()
