"""What BI tools ask of a release, and how long they wait: `uv run python -m benchmarks.questions --home DIR`.

Asked are the questions of a country's budget office (COUNTRY), the SQL of every chart that dashboards/ ships, the same with
a year chosen in the dashboard's filter, and the recipes of docs/questions.md: read from where they stand. Each is asked
alone first (processor milliseconds of all threads, the best of three); then eight clients ask all of them, each in an order
of its own, one question after the other. An answer is read as far as a BI tool reads it, ten thousand rows.
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
    "targets by year and kind, of the facts": "select fiscal_year, target_kind, count(*) from fct_indicator_target"
    " group by all order by all",
    "findings of a year by rule": "select rule_id, severity, count(*) from fct_quality_finding where fiscal_year = 2023"
    " group by all order by all",
    "largest changes of a year": "select project_name, total_yuan, previous_total_yuan from fct_project_change"
    " where fiscal_year = 2023 order by abs(total_change_yuan) desc nulls last limit 50",
    "a project by its code": "select * from fct_declaration"
    " where project_code = (select max(project_code) from fct_declaration)",
}
_RECIPE = re.compile(r"^### \d+\. ([^\n]+)\n\n```sql\n(.+?)\n```", re.MULTILINE | re.DOTALL)
PAGE = Path(__file__).parents[1] / "docs" / "questions.md"


def questions() -> dict[tuple[str, str], str]:
    """Return the questions by kind and name."""
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
    }
    return {(kind, name): sql for kind, asked in kinds.items() for name, sql in asked.items()}


def ask(database: Path) -> dict:
    """Ask the published file; return milliseconds: `alone` of the processor, `together` of the clock (median, p95)."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("use marts")
        alone: dict[str, dict[str, float]] = defaultdict(dict)
        for (kind, name), sql in questions().items():
            alone[kind][name] = round(min(_processor(connection, sql) for _ in range(3)), 1)
        return {"alone": alone, "together": _together(connection)}


def _processor(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    began = time.process_time()
    connection.execute(sql).fetchmany(ROWS_READ)
    return 1000 * (time.process_time() - began)


def _together(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    def client(number: int) -> list[tuple[str, float]]:
        cursor = connection.cursor()
        cursor.execute("use marts")
        taken, order = [], random.Random(number)
        for _ in range(ROUNDS):
            for (kind, _name), sql in order.sample(list(questions().items()), len(questions())):
                began = time.perf_counter()
                cursor.execute(sql).fetchmany(ROWS_READ)
                taken.append((kind, 1000 * (time.perf_counter() - began)))
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = [one for client_took in pool.map(client, range(CLIENTS)) for one in client_took]
    by_kind = defaultdict(list)
    for kind, milliseconds in taken:
        by_kind[kind].append(milliseconds)
        by_kind["all"].append(milliseconds)
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
