"""The sample's findings, each read against the document: none less, none more."""

import csv
from pathlib import Path

import duckdb
import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "findings.csv"


@pytest.fixture
def published(sample_home: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(sample_home / "current" / "warehouse.duckdb"), read_only=True)


def test_findings_are_the_reviewed_ones(published: duckdb.DuckDBPyConnection) -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        reviewed = {
            (row["rule_id"], int(row["line_no"]), row["message_en"], row["message_zh"]) for row in csv.DictReader(file)
        }
    found = set(
        published.execute("select rule_id, line_no, message_en, message_zh from marts.fct_quality_finding").fetchall()
    )
    assert {"missing": reviewed - found, "false alarms": found - reviewed} == {"missing": set(), "false alarms": set()}


def test_each_declaration_and_rule_has_one_outcome(published: duckdb.DuckDBPyConnection) -> None:
    counted = published.execute(
        "select count(*), count(distinct (declaration_key, rule_id)) from marts.fct_rule_outcome"
    ).fetchone()
    wanted = published.execute(
        "select (select count(*) from marts.fct_declaration) * (select count(*) from marts.dim_quality_rule)"
    ).fetchone()
    assert counted is not None
    assert wanted is not None
    assert counted == (wanted[0], wanted[0])


def test_an_outcome_is_hit_exactly_where_there_is_a_finding(published: duckdb.DuckDBPyConnection) -> None:
    hits = set(
        published.execute(
            "select declaration_key, rule_id from marts.fct_rule_outcome where outcome = 'hit'"
        ).fetchall()
    )
    assert hits == set(published.execute("select declaration_key, rule_id from marts.fct_quality_finding").fetchall())


def test_score_is_what_the_dictionary_says(published: duckdb.DuckDBPyConnection) -> None:
    """The sports fund, by hand.

    Measurability: of 14 indicators 8 (five quantities, the date under 质量, the budget-control rate, satisfaction); the
    two dates under 成本 are M3. Completeness: C1 (3) is hit; F5 1, C2 5, C3 3, C4 1, C5 5, C6 1, N3 5, N5 3, N6 5, N7 1
    and N9 1 are passed.
    """
    found = published.execute(
        "select measurability, completeness, score = round((completeness + measurability + consistency) / 3, 6)"
        " from marts.fct_declaration_score join marts.fct_declaration using (declaration_key)"
        " where fct_declaration.project_name = '体育产业发展专项资金'"
    ).fetchone()
    assert found is not None
    assert [round(float(part), 4) for part in found[:2]] == [round(100 * 8 / 14, 4), round(100 * 31 / 34, 4)]
    assert found[2]


def test_a_reviewed_decision_stands_beside_its_finding(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select rule_id, decision, decision_valid_until::varchar, decision_reason is not null"
        " from marts.fct_quality_finding where decision is not null"
    ).fetchall()
    assert found == [("M5", "explained", "2027-12-31", True)]


def test_the_profile_says_how_much_is_filled(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select row_count, filled_count, filled_share, sum_yuan, previous_row_count from marts.table_profile"
        " where table_name = 'fct_project_funding' and column_name = 'amount_yuan' and fiscal_year = 2023"
    ).fetchone()
    direct = published.execute(
        "select count(*), count(amount_yuan), sum(amount_yuan) from marts.fct_project_funding"
    ).fetchone()
    assert found is not None
    assert direct is not None
    assert (found[0], found[1], found[3], found[4]) == (*direct, None)
    assert round(float(found[2]), 6) == round(direct[1] / direct[0], 6)
