"""Superset's charts, without Superset: every question runs on the release, and says what the metrics say."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
import yaml

from ingest.ledger import DISPOSITIONS
from orchestration import dashboards, figures, metrics, postgres, report, unread, workbook
from orchestration.explorer import app, listing
from orchestration.home import REPOSITORY, Home
from orchestration.release import Release

EXPOSURES = REPOSITORY / "dbt_project" / "models" / "semantic" / "_exposures.yml"
DEFINED = dashboards.definitions()


@pytest.fixture
def marts(released: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(released.database), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("name", dashboards.charts())
def test_every_chart_runs_on_the_release(marts: duckdb.DuckDBPyConnection, name: str) -> None:
    chart = dashboards.charts()[name]
    answer = marts.sql(chart.sql)
    assert answer.columns == (chart.rows or [*chart.by, *filter(None, [chart.split]), *chart.measures])
    assert len(answer.fetchall()) > 0 or chart.dataset.name == "quarantine"


def test_every_chart_runs_on_postgresql(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    with (
        psycopg.connect(postgres_url) as connection,
        duckdb.connect(str(released.database), read_only=True) as marts,
    ):
        for name, chart in dashboards.charts().items():
            found = connection.execute(chart.sql).fetchall()  # pyright: ignore[reportArgumentType]
            expected = marts.sql(chart.sql).fetchall()
            assert len(found) == len(expected), name
            if chart.kind == "number":
                assert float(found[0][0]) == pytest.approx(float(expected[0][0])), name


def test_every_code_has_its_words(marts: duckdb.DuckDBPyConnection) -> None:
    """Chinese and English: a chart's legend is read by both."""
    checked = 0
    for dataset in dashboards.datasets().values():
        for column in re.findall(r"else \S+ end as (\w+)", dataset.sql):
            for (value,) in marts.sql(f"select distinct {column} from ({dataset.sql})").fetchall():
                assert re.fullmatch(r"[一-龥]+ · [A-Z].*", value), f"{column}: {value}"
                checked += 1
    assert checked > 10
    assert set(DEFINED["codes"]["disposition"]) == set(DISPOSITIONS)


def test_every_data_set_measures_what_the_metrics_say(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute("use marts")
    compared = 0
    for name, dataset in dashboards.datasets().items():
        for metric, measure in dataset.measures.items():
            if metric != dashboards.ROWS:
                shown = marts.sql(f"select {measure} from ({dataset.sql})").fetchall()[0][0]
                defined = marts.sql(metrics.question([metric])).fetchall()[0][0]
                assert float(shown) == pytest.approx(float(defined)), (name, metric)
                compared += 1
    assert compared > 15


def test_what_does_not_add_up_is_not_computed_from_counted_rows() -> None:
    with pytest.raises(ValueError, match="score does not add up"):
        metrics.catalogue()["mean_score"].counted_by("rows")


def test_rows_of_a_data_set_are_those_of_its_table(marts: duckdb.DuckDBPyConnection) -> None:
    for name, dataset in dashboards.datasets().items():
        table = DEFINED["datasets"][name]["table"]
        rows, expected = (
            marts.sql(f"select count(*) from {source}").fetchall()[0][0]
            for source in (f"({dataset.sql})", f"marts.{table}")
        )
        assert rows == expected, f"{name}: a join drops or doubles rows"


def test_there_is_enough_and_all_of_it_is_shown_and_named() -> None:
    shown = {chart for board in DEFINED["dashboards"].values() for row in board["rows"] for chart in row}
    assert shown == set(dashboards.charts())
    assert len(shown) >= 12
    assert len(DEFINED["dashboards"]) >= 3
    assert all(sum(row.values()) == 12 for board in DEFINED["dashboards"].values() for row in board["rows"])
    titles = [entry["title"] for part in ("datasets", "charts", "dashboards") for entry in DEFINED[part].values()]
    for title in [*titles, *DEFINED["columns"].values()]:
        assert re.fullmatch(r".*[一-龥].*· ?[A-Z].*", title), title
    used = {column for chart in dashboards.charts().values() for column in [*chart.by, *chart.rows]}
    assert used <= set(DEFINED["columns"])


def test_exposures_name_what_each_reader_asks_for() -> None:
    said = {
        entry["name"]: {reference[5:-2] for reference in entry["depends_on"]}
        for entry in yaml.safe_load(EXPOSURES.read_text("utf-8"))["exposures"]
    }
    for name, board in DEFINED["dashboards"].items():
        asked = {chart for row in board["rows"] for chart in row}
        sql = " ".join(dashboards.charts()[chart].sql for chart in asked)
        assert said[name] == set(re.findall(r"marts\.(\w+)", sql)), name
    lists = " ".join(entry.sql for entry in listing.listings().values())
    explorer = Path(app.__file__).parent
    sources = {
        "explorer": [*explorer.glob("*.py"), *(Path(shared.__file__) for shared in (figures, unread, workbook))],
        "yearly_report": [Path(shared.__file__) for shared in (report, figures, unread)],
    }
    for name, files in sources.items():
        text = " ".join(file.read_text("utf-8") for file in files) + (lists if name == "explorer" else "")
        named = re.findall(r"\b(?:from|join) (?:marts\.)?(fct_\w+|dim_\w+|quarantine|release|source_line)\b", text)
        measured = {measure.table for metric in metrics.catalogue().values() for measure in metric.measures}
        assert set(named) <= said[name], name
        assert said[name] <= set(named) | measured, name
