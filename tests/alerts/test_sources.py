"""What a load has to say becomes problems: one for each check, rule and year, however many rows."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import polars as pl
import pytest

from expectations.results import Failure, GateResult
from orchestration import release
from orchestration.alerts import post, sources
from orchestration.alerts.problem import Severity
from orchestration.home import Home
from orchestration.session import Session
from orchestration.transform import Build, NodeResult
from orchestration.trouble import Trouble
from tests.alerts.receivers import webhook
from tests.alerts.test_post import NOW, configure


def session(**given: Any) -> Session:
    landed = pl.DataFrame({"document_id": ["d1"], "file_name": ["2023/甲.txt"]})
    blank = {
        "gates": {},
        "build": Build(),
        "published": None,
        "run_id": "r1",
        "landed": landed,
        "home": Home(Path("/nowhere")),
    }
    return cast("Session", SimpleNamespace(**{**blank, **given}))


def gate(*failures: Failure) -> dict[str, GateResult]:
    return {"marts": GateResult("marts", 100, list(failures), [], 1.0)}


def failure(rows: int, count: int | None = None, blocks: bool = True) -> Failure:
    shown = [{"document_id": "d1", "line_no": 10 + n, "fiscal_year": 2023} for n in range(rows)]
    return Failure("A declaration is there once", "申报表不重复", "fct_declaration", blocks, count or rows, shown)


def test_a_blocked_gate_names_table_document_line_and_year() -> None:
    found, looked_at = sources.of_load(session(gates=gate(failure(3))), Trouble("blocked", "阻止"))
    [problem] = found
    assert problem.key == "gate:marts/fct_declaration/A declaration is there once:2023"
    assert problem.severity is Severity.error
    assert problem.where[0] == "2023/甲.txt, 行 line 10"
    assert looked_at == {"gate:marts"}


def test_a_thousand_failing_rows_of_a_gate_are_one_message(tmp_path: Path) -> None:
    with webhook() as hook:
        configure(tmp_path, {"channels": {"hook": hook.address}})
        for shown in (20, 19):  # a sample of the same thousand rows
            found, looked_at = sources.of_load(session(gates=gate(failure(shown, count=1000))), Trouble("b", "阻"))
            post.report(Home(tmp_path), found, looked_at, NOW)
    [(_, body)] = hook.messages
    assert "(1,000 行 rows)" in body


def test_a_warning_of_a_gate_is_drift_and_no_failure() -> None:
    found, looked_at = sources.of_load(session(gates=gate(failure(1, blocks=False))), None)
    assert [problem.severity for problem in found] == [Severity.warning]
    assert "accept" in found[0].remedy.en or "baselines.yml" in found[0].remedy.en
    assert {"load", "killed", "gate:marts"} <= looked_at


def test_a_failed_dbt_test_is_named() -> None:
    node = NodeResult("test.x", "unique_form", "test", "fail", 0.1, 7, "Got 7 results")
    [problem] = sources.of_load(session(build=Build([node])), Trouble("dbt failed", "失败"))[0]
    assert problem.key == "gate:dbt/unique_form"
    assert problem.count == 7


def test_the_same_failure_at_another_time_is_the_same_failure() -> None:
    first = sources.failure(Trouble("pid 17: no room on the disk, 12 bytes left", "磁盘已满"))
    second = sources.failure(Trouble("pid 9: no room on the disk, 0 bytes left", "磁盘已满"))
    other = sources.failure(Trouble("the folder is gone", "目录不存在"))
    assert first.fingerprint == second.fingerprint != other.fingerprint
    assert sources.failure(ValueError("x")).title.en == "the load failed: ValueError: x"


@pytest.fixture
def published(tmp_path: Path) -> release.Release:
    """A release with errors of two rules, a warning, and quarantined lines of two years."""
    folder = tmp_path / "r1"
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("""
            create schema marts;
            use marts;
            create table dim_quality_rule as from (values ('F1', 'total', '合计'), ('C2', 'benefit', '效益'))
                as _(rule_id, title_en, title_zh);
            create table dim_document as select *, now() as loaded_at from (values
                ('d1', '2023/甲.txt', 2023, 'read', 1), ('d2', '2024/乙.txt', 2024, 'quarantined', 1),
                ('d3', '2024/丙.txt', 2024, 'withdrawn', 1),  -- somebody has seen to it
                ('d4', '2024/丁.txt', 2024, 'quarantined', 1), ('d5', '2024/丁.txt', 2024, 'read', 2))  -- mended
                as _(document_id, file_name, fiscal_year, status, modified_at);
            create table fct_quality_finding as
                select 'F1' as rule_id, 'error' as severity, 'k' || n as declaration_key, null as indicator_key,
                    2023 as fiscal_year, 'p' || n as project_code, 'd1' as document_id, n as line_no,
                    '不符' as message_zh, 'differs' as message_en
                from range(1000, 0, -1) as _(n)
                union all select 'C2', 'error', 'k', null, 2024, 'p', 'd2', 1, '无', 'none'
                union all select 'C2', 'warning', 'k', null, 2024, 'p', 'd2', 1, '无', 'none';
            create table quarantine as from (
                values ('d1', 7, 'unknown_line', '？？', '看看'), ('d2', 0, 'corrupt_file', '', '重新取得'),
                ('d3', 0, 'corrupt_file', '', '重新取得'), ('d4', 0, 'corrupt_file', '', '重新取得')
            ) as _(document_id, line_start, reason, raw_text, hint_zh);
            create table fct_declaration as select 2023 as fiscal_year;
        """)
    return release.Release(folder)


def test_findings_and_quarantine_are_one_problem_a_rule_and_year(published: release.Release) -> None:
    found, looked_at = sources.of_load(session(published=published), None)
    by_key = {problem.key: problem for problem in found}
    assert set(by_key) == {"finding/F1:2023", "finding/C2:2024", "quarantine/unread:2023", "quarantine/unread:2024"}
    assert by_key["finding/F1:2023"].count == 1000
    assert [row["line"] for row in by_key["finding/F1:2023"].rows] == [1, 2, 3, 4, 5]
    assert by_key["finding/F1:2023"].where == [f"2023/甲.txt, 行 line {n}" for n in range(1, 6)]
    assert by_key["quarantine/unread:2024"].rows == [
        {"file": "2024/乙.txt", "line": None, "reason": "corrupt_file", "text": "", "hint": "重新取得"}
    ]
    assert by_key["quarantine/unread:2024"].where == ["2024/乙.txt"]
    assert by_key["finding/C2:2024"].rows[0]["zh"] == "无"
    assert {"finding", "quarantine", "freshness"} <= looked_at


def test_one_row_more_is_another_fingerprint(published: release.Release) -> None:
    before = {p.key: p.fingerprint for p in sources.of_load(session(published=published), None)[0]}
    with duckdb.connect(str(published.database)) as connection:
        connection.execute("insert into marts.quarantine values ('d2', 9, 'unknown_line', 'x', '')")
    after = {p.key: p.fingerprint for p in sources.of_load(session(published=published), None)[0]}
    assert {key for key in after if after[key] != before[key]} == {"quarantine/unread:2024"}
