"""What BI tools ask of a release, and how long they wait: `uv run python -m benchmarks.questions --home DIR`.

Asked are the questions of a country's budget office (COUNTRY), the SQL of every chart that dashboards/ ships, the same with
a year chosen in the dashboard's filter, and the recipes of docs/questions.md: read from where they stand; a project that
one names becomes one that the release holds. Each is asked alone first (processor milliseconds of all threads, the best of
three); then eight clients ask all of them, each in an order of its own, one question after the other. An answer is read as
far as a BI tool reads it, ten thousand rows. What an analyst counts in the facts though an aggregate has it counted (FACTS)
is no BI tool's question: the same eight clients ask it by itself.
"""

import argparse
import json
import random
import re
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

import duckdb

from orchestration import dashboards

CLIENTS, ROUNDS = 8, 3
ROWS_READ = 10_000
COUNTRY = {
    "budget by year and place": "select fiscal_year, region_code, count(*), sum(total_yuan) from fct_declaration"
    " group by all order by all",
    "largest departments of a year": "select department_name, sum(total_yuan) as yuan from fct_declaration"
    " where fiscal_year = 2023 group by all order by yuan desc nulls last limit 20",
    "targets by year and kind": "select fiscal_year, target_kind, sum(indicators) from agg_indicator_target"
    " group by all order by all",
    "findings of a year by rule": "select rule_id, severity, sum(findings) from agg_quality_finding where fiscal_year = 2023"
    " group by all order by all",
    "largest changes of a year": "select project_name, total_yuan, previous_total_yuan from fct_project_change"
    " where fiscal_year = 2023 order by abs(total_change_yuan) desc nulls last limit 50",
    "a project by its code": "select * from fct_declaration where project_code = '450200220340600004811'",
}
FACTS = {
    "targets by year and kind": "select fiscal_year, target_kind, count(*) from fct_indicator_target"
    " group by all order by all",
    "findings of a year by rule": "select rule_id, severity, count(*) from fct_quality_finding where fiscal_year = 2023"
    " group by all order by all",
}
PROJECT = (
    "select max(project_code) from fct_indicator_target"
    " where fiscal_year = 2023 and project_name = '购图书资源经费' and content = '图书馆流通人次'"
)
"""The project of which a recipe asks, in a release whose projects have other codes than the sample's."""
_CODE = re.compile(r"'\d{21}'")
_RECIPE = re.compile(r"^### \d+\. ([^\n]+)\n\n```sql\n(.+?)\n```", re.MULTILINE | re.DOTALL)
PAGE = Path(__file__).parents[1] / "docs" / "questions.md"


def questions(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Return the questions by kind and name, asked of a project that the release of `connection` holds."""
    charts = {name: chart.sql for name, chart in dashboards.charts().items()}
    of_a_year = {
        name: chart.sql.replace(") as rows_shown", ") as rows_shown where fiscal_year = 2023")
        for name, chart in dashboards.charts().items()
        if "fiscal_year" in chart.dataset.sql
    }
    kinds = {
        "country": COUNTRY,
        "charts": charts,
        "charts of a year": of_a_year,
        "recipes": dict(_RECIPE.findall(PAGE.read_text("utf-8"))),
        "facts": FACTS,
    }
    ((project,),) = connection.execute(PROJECT).fetchall()
    return {
        (kind, name): _CODE.sub(f"'{project}'", sql) for kind, asked in kinds.items() for name, sql in asked.items()
    }


def ask(database: Path) -> dict:
    """Ask the published file; return milliseconds: `alone` of the processor, `together` of the clock (median, p95)."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("use marts")
        asked = questions(connection)
        alone: dict[str, dict[str, float]] = defaultdict(dict)
        for (kind, name), sql in asked.items():
            alone[kind][name] = round(min(_processor(connection, sql) for _ in range(3)), 1)
        typical = [(kind, sql) for (kind, _name), sql in asked.items() if kind != "facts"]
        taken = _together(connection, typical)
        taken += [("all", milliseconds) for _kind, milliseconds in taken]
        taken += _together(connection, [("facts", sql) for sql in FACTS.values()])
        return {"alone": alone, "together": _waits(taken)}


def _processor(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    began = time.process_time()
    connection.execute(sql).fetchmany(ROWS_READ)
    return 1000 * (time.process_time() - began)


def _together(connection: duckdb.DuckDBPyConnection, asked: list[tuple[str, str]]) -> list[tuple[str, float]]:
    """Return what each question's kind took, of all clients."""

    def client(number: int) -> list[tuple[str, float]]:
        cursor = connection.cursor()
        cursor.execute("use marts")
        taken, order = [], random.Random(number)
        for _ in range(ROUNDS):
            for kind, sql in order.sample(asked, len(asked)):
                began = time.perf_counter()
                cursor.execute(sql).fetchmany(ROWS_READ)
                taken.append((kind, 1000 * (time.perf_counter() - began)))
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [one for client_took in pool.map(client, range(CLIENTS)) for one in client_took]


def _waits(taken: list[tuple[str, float]]) -> dict[str, dict[str, int]]:
    by_kind = defaultdict(list)
    for kind, milliseconds in taken:
        by_kind[kind].append(milliseconds)
    return {
        kind: {"median": round(median(waits)), "p95": round(quantiles(waits, n=20)[-1])}
        for kind, waits in by_kind.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("home"))
    print(json.dumps(ask(parser.parse_args().home / "current" / "warehouse.duckdb"), indent=1))


if __name__ == "__main__":
    main()
