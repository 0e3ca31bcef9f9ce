"""The gate before publication: the sample's warehouse passes, and each check bites on one broken for it."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from expectations import gate, suites

KEYS = {
    "dim_fiscal_year": ("A fiscal year is there once", "fiscal_year"),
    "dim_region": ("A region's code is there once", "region_code"),
    "dim_department": ("A department's version is there once", "department_key"),
    "dim_implementing_unit": ("An implementing unit's version is there once", "unit_key"),
    "dim_project": ("A project's version is there once", "project_key"),
    "dim_indicator_category": ("A category is there once", "category_key"),
    "dim_measure_unit": ("A measure unit is there once", "unit"),
    "dim_document": ("A document is there once", "document_id"),
    "fct_declaration": ("A declaration is in force once", "declaration_key"),
    "fct_indicator_target": ("An indicator is there once", "indicator_key"),
    "dim_quality_rule": ("A rule is there once", "rule_id"),
}
FILLED = {
    "fct_declaration": ["declaration_key", "form_type", "document_id", "line_start", "line_end"],
    "fct_indicator_target": ["indicator_key", "declaration_key", "indicator_no", "document_id", "line_no"],
    "fct_quality_finding": ["rule_id", "severity", "message_en", "message_zh", "evidence"],
    "quarantine": ["document_id", "reason", "hint"],
}
A_RESULT = "insert into fct_indicator_result (indicator_key, declaration_key) values ('i', 'd')"
A_QUARANTINED_LINE = "insert into quarantine (document_id, reason, hint) values ('d', 'r', 'h')"
COLUMNS = "The columns of the contract are there"
TABLES = list(dict.fromkeys(check.table for check in suites.load("marts").checks))
# Table and title of a check, and what breaks a good warehouse so that this check has to bite.
BREAKS: dict[tuple[str, str], str] = {
    **{
        (table, COLUMNS): f"alter table {table} rename to old; create table {table} (nothing integer)"
        for table in TABLES
    },
    **{(table, title): f"insert into {table} from {table} limit 1" for table, (title, _) in KEYS.items()},
    **{
        (table, f"{table}: {column} is filled"): (
            f"{A_QUARANTINED_LINE if table == 'quarantine' else ''};update {table} set {column} = null"
        )
        for table, columns in FILLED.items()
        for column in columns
    },
    (
        "dim_region",
        "A region's code has six digits",
    ): "update dim_region set region_code = '4502' where region_code = '450200'",
    ("dim_department", "A department's version ends after it begins"): "update dim_department set valid_to_year = 1999",
    ("dim_project", "A project's version ends after it begins"): "update dim_project set valid_to_year = 1999",
    (
        "dim_funding_source",
        "The funding sources are the eight of the contract",
    ): "delete from dim_funding_source where funding_source = 'other'",
    ("dim_document", "Every line of a document is in source_line"): "delete from source_line where line_no = 7",
    ("dim_document", "Every form of a document is a version of a declaration"): (
        "delete from fct_declaration_version where form_no = 7"
    ),
    ("fct_declaration", "At least one declaration is in force"): "delete from fct_declaration",
    (
        "fct_declaration",
        "A declaration is of a type of the contract",
    ): "update fct_declaration set form_type = 'letter'",
    (
        "fct_declaration",
        "A declaration's document is loaded and not withdrawn",
    ): "update dim_document set status = 'withdrawn'",
    ("fct_declaration", "A declaration has as many indicators as it says"): (
        "delete from fct_indicator_target where indicator_no = 3"
    ),
    ("fct_declaration", "One version of a declaration is in force, the others are superseded or withdrawn"): (
        "insert into fct_declaration_version from fct_declaration_version limit 1"
    ),
    ("fct_project_funding", "A declaration has a funding source once"): (
        "insert into fct_project_funding from fct_project_funding limit 1"
    ),
    (
        "fct_project_funding",
        "A funding source is one of the contract",
    ): "update fct_project_funding set funding_source = 'lottery'",
    (
        "fct_project_funding",
        "Funding belongs to a declaration in force",
    ): "update fct_project_funding set declaration_key = 'nobody'",
    (
        "fct_indicator_target",
        "A target is of a kind of the contract",
    ): "update fct_indicator_target set target_kind = 'guess'",
    ("fct_indicator_target", "An operator is one of the contract"): "update fct_indicator_target set operator = '≥'",
    ("fct_indicator_target", "An indicator belongs to a declaration in force"): (
        "update fct_indicator_target set declaration_key = 'nobody' where indicator_no = 1"
    ),
    ("fct_indicator_target", "An indicator's line is in the ledger as an indicator of its document"): (
        "update fct_indicator_target set line_no = 99999 where indicator_no = 1"
    ),
    (
        "fct_indicator_milestone",
        "A step belongs to an indicator",
    ): "update fct_indicator_milestone set indicator_key = 'nobody'",
    ("fct_budget_execution", "Execution belongs to a declaration in force"): (
        "insert into fct_budget_execution (declaration_key, funding_line) values ('nobody', 'total')"
    ),
    ("fct_indicator_result", "A result is there once"): f"{A_RESULT}; {A_RESULT}",
    ("fct_quality_finding", "A finding is of a known rule"): "update fct_quality_finding set rule_id = 'Z9'",
    ("source_line", "Every line has a disposition"): ("update source_line set disposition = null where line_no = 7"),
    ("source_line", "A line is in the ledger once"): "insert into source_line from source_line limit 1",
}


@pytest.fixture(scope="module")
def good_warehouse(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's warehouse, free of constraints: the gate has to find what they would have kept out."""
    source, target = sample_home / "current" / "warehouse.duckdb", tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{source}' as source (read_only); create schema marts")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'source'").fetchall()
        for (table,) in tables:
            connection.execute(f"create table marts.{table} as from source.marts.{table}")
    return target


@pytest.fixture
def warehouse(good_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of it, to be broken."""
    return Path(shutil.copy(good_warehouse, tmp_path))


def test_the_sample_passes(warehouse: Path, tmp_path: Path) -> None:
    result = gate.run("marts", warehouse, tmp_path / "quality")
    assert result.failures == []
    index = tmp_path / "quality" / "marts" / "index.html"
    leads = re.findall('href="([^"]*)"', index.read_text("utf-8"))
    assert len(leads) == 2 + 2 * len(TABLES), "a table's result or suite is not in the index"
    assert all((index.parent / lead).exists() for lead in leads if not lead.startswith("../"))


def test_every_check_has_a_break() -> None:
    checks = {(check.table, check.title_en) for check in suites.load("marts").checks}
    assert checks == set(BREAKS)


@pytest.mark.parametrize(("table", "title"), BREAKS)
def test_the_check_bites(
    table: str, title: str, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("use marts")
        connection.execute(BREAKS[table, title])
    suite = suites.load("marts")
    only = [check for check in suite.checks if (check.table, check.title_en) == (table, title)]
    monkeypatch.setattr(suites, "load", lambda _: suites.Suite(suite.gate, suite.schema, only))
    result = gate.run("marts", warehouse, tmp_path / "quality")
    (failure,) = result.failures
    assert failure.blocks
    assert not result.passed
    assert failure.count > 0 or failure.observed
    assert "rror" not in failure.observed, "the check could not be run"
