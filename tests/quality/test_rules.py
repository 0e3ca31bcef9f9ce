"""Each rule says of each case what an officer would: hit, passed, not applicable, not enough data."""

from pathlib import Path

import duckdb
import pytest
import yaml

from tests.quality.cases import CASES, Case

DBT = Path(__file__).parents[2] / "dbt_project"

_OUTCOME = """
    select outcome, declaration_key from marts.fct_rule_outcome join marts.fct_declaration d using (declaration_key)
    where rule_id = $rule and d.fiscal_year = $year
      and case when $code <> '' then d.project_code = $code else d.project_name is not distinct from nullif($name, '')
          and d.department_name = $department end
"""

_LINES = """
    select raw_text from marts.fct_quality_finding f join marts.source_line l using (document_id, table_no, line_no)
    where f.rule_id = $rule and f.declaration_key = $key
"""


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(judged: duckdb.DuckDBPyConnection, case: Case) -> None:
    form = case.form
    found = judged.execute(
        _OUTCOME,
        {
            "rule": case.rule_id,
            "year": form.year,
            "code": form.project_code,
            "name": form.project_name,
            "department": form.department.partition("-")[2] or form.department,
        },
    ).fetchall()
    assert [outcome for outcome, _ in found] == [case.outcome], form.text()
    if case.stands_at is not None:
        lines = judged.execute(_LINES, {"rule": case.rule_id, "key": found[0][1]}).fetchall()
        assert [case.stands_at in line for (line,) in lines] == [True]


def test_a_sound_form_is_hit_by_nothing(judged: duckdb.DuckDBPyConnection) -> None:
    sound = next(case.form for case in CASES if case.rule_id == "C2" and case.outcome == "passed")
    found = judged.execute(
        "select rule_id, message_en from marts.fct_quality_finding where project_code = ?", [sound.project_code]
    ).fetchall()
    assert found == []


def test_messages_hold_the_values_in_both_languages(judged: duckdb.DuckDBPyConnection) -> None:
    case = next(case for case in CASES if case.rule_id == "M1" and case.outcome == "hit")
    found = judged.execute(
        "select message_en, message_zh, evidence from marts.fct_quality_finding"
        " where rule_id = 'M1' and project_code = ?",
        [case.form.project_code],
    ).fetchall()
    assert found == [
        (
            '"项目总成本" is capped at ≤90万元, the budget is 1,000,000 yuan.',
            "“项目总成本”的上限为≤90万元，而预算为1,000,000元。",
            '{"level2":"成本指标","content":"项目总成本","value_raw":"≤90万元","total_yuan":1000000.00}',
        )
    ]


def test_no_message_is_blank_or_broken(judged: duckdb.DuckDBPyConnection) -> None:
    """A NULL or an unfilled value would leave a hole in the sentence."""
    broken = judged.execute(
        "select rule_id, message_en, message_zh from marts.fct_quality_finding"
        " where not regexp_full_match(message_en, '(?s).+[.]') or not regexp_full_match(message_zh, '(?s).+。')"
        " or regexp_matches(message_en, '\"\"|  ')"
    ).fetchall()
    assert broken == []


def test_every_rule_has_its_cases() -> None:
    """A rule without a form that hits it, one that passes and one that it does not speak of is not shown to work."""
    shown = {(case.rule_id, case.outcome) for case in CASES}
    rules = _rules()
    speaks_of_all = {rule["rule_id"] for rule in rules if not rule.get("applies_if") and len(rule["applies_to"]) == 4}
    wanted = {(rule["rule_id"], "passed") for rule in rules}
    wanted |= {(rule["rule_id"], "hit") for rule in rules}
    wanted |= {(rule["rule_id"], "not_applicable") for rule in rules if rule["rule_id"] not in speaks_of_all}
    assert wanted - shown == set()


def test_each_rule_is_one_file_and_one_entry() -> None:
    files = {file.stem.removeprefix("rule_").upper() for file in (DBT / "macros/quality/rules").glob("*.sql")}
    assert files == {rule["rule_id"] for rule in _rules()}


def _rules() -> list[dict]:
    document = yaml.safe_load((DBT / "models/quality/dim_quality_rule.yml").read_text("utf-8"))
    return document["models"][0]["config"]["meta"]["rules"]
