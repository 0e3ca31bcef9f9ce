"""Neither a miss nor a false alarm on an indicator's wording: units, percentages, complaints, 不超过, grades, dates."""

import duckdb
import pytest

from tests.quality.wordings import WORDINGS, Wording

_FOUND = """
    select distinct f.rule_id
    from marts.fct_indicator_target as t
    inner join marts.fct_quality_finding as f using (indicator_key)
    where t.project_code = ? and t.content = ? and f.rule_id <> 'B1'
    order by all
"""


@pytest.mark.parametrize("wording", WORDINGS, ids=[f"{wording.content} {wording.target}" for wording in WORDINGS])
def test_wording(judged: duckdb.DuckDBPyConnection, wording: Wording) -> None:
    found = judged.execute(_FOUND, [wording.form.project_code, wording.content]).fetchall()
    assert [rule for (rule,) in found] == wording.rules, wording.form.text()
