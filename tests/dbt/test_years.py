"""Years beside each other: invented from the sample with known changes, in any order of loading, in steps or at once."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.checksums import checksums
from tests.dbt.conftest import Warehouse
from tests.dbt.lake_fixture import Document, golden, of_year

Build = Callable[..., Warehouse]
RENAMED, MOVED, RETYPED, GONE, LOOSENED, CODED, BACK = range(7)


def history() -> list[Document]:
    """Three years of the sample's forms; what changes in them is known."""
    first = golden()
    second = of_year(first, 2024)
    second[RENAMED]["project_name"] = "改名后的项目"
    second[MOVED] |= {"supervising_department_code": "999", "supervising_department": "柳州市新设局"}
    second[RETYPED]["project_attribute"] = second[RETYPED]["project_attribute_raw"] = "一次性项目"
    target = next(i for i in second[LOOSENED]["indicators"] if i["target"].get("operator") == ">=")
    target["target"]["value"] -= 1
    target["value_raw"] = f"≥{target['target']['value']}{target['target']['unit']}"
    tightened = next(i for i in second[RENAMED]["indicators"] if i["target"].get("operator") == ">=")
    tightened["target"]["value"] += 1
    tightened["value_raw"] = f"≥{tightened['target']['value']}{tightened['target']['unit']}"
    second[CODED]["project_code"] = "450200240412200009999"
    second[RENAMED]["funding"]["total"] *= 2
    third = of_year(second, 2025)
    without = [form for number, form in enumerate(second) if number not in {GONE, BACK}]
    third = [form for number, form in enumerate(third) if number != GONE]
    return [Document("2023/a.txt", first), Document("2024/a.txt", without), Document("2025/a.txt", third)]


@pytest.fixture(scope="module")
def years(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("years"), history())


def code(number: int) -> str:
    return golden()[number]["project_code"]


def versions(warehouse: Warehouse, columns: str, number: int) -> list[tuple[Any, ...]]:
    return warehouse.rows(
        f"select {columns}, valid_from_year, valid_to_year, is_current from dim_project"
        f" where project_code = '{code(number)}' order by valid_from_year"
    )


def test_a_project_keeps_its_names(years: Warehouse) -> None:
    assert versions(years, "project_name", RENAMED) == [
        (golden()[RENAMED]["project_name"], 2023, 2023, False),
        ("改名后的项目", 2024, None, True),
    ]
    assert len(versions(years, "project_name", LOOSENED)) == 1


def test_a_project_keeps_its_departments_and_attributes(years: Warehouse) -> None:
    assert [row[0] for row in versions(years, "department_code", MOVED)] == [
        golden()[MOVED]["supervising_department_code"],
        "999",
    ]
    assert [row[0] for row in versions(years, "project_attribute", RETYPED)] == [
        golden()[RETYPED]["project_attribute"],
        "一次性项目",
    ]


def test_a_department_renamed_under_its_code_is_one_department(built: Build, tmp_path: Path) -> None:
    forms, later = golden()[:1], of_year(golden()[:1], 2024)
    later[0]["supervising_department"] = "柳州市公安总局"
    warehouse = built(tmp_path, [Document("a.txt", forms), Document("b.txt", later)])
    assert warehouse.rows(
        "select count(distinct department_id), list(department_name order by valid_from_year),"
        " list(is_current order by valid_from_year)"
        " from dim_department"
    ) == [(1, ["柳州市公安局", "柳州市公安总局"], [False, True])]


def test_projects_come_and_go(years: Warehouse) -> None:
    def presence(number: int) -> list[tuple[Any, ...]]:
        return years.rows(
            f"select fiscal_year, presence from fct_project_change where project_code = '{code(number)}' order by all"
        )

    assert presence(GONE) == [(2023, "first_year"), (2024, "gone")]
    assert presence(BACK) == [(2023, "first_year"), (2024, "gone"), (2025, "returned")]
    assert presence(LOOSENED) == [(2023, "first_year"), (2024, "continued"), (2025, "continued")]
    assert years.rows(
        "select fiscal_year, presence from fct_project_change where project_code = '450200240412200009999' order by all"
    ) == [
        (2024, "new"),
        (2025, "continued"),
    ]


def test_changes_of_targets_and_money(years: Warehouse) -> None:
    changed = years.rows(
        "select project_code, target_change from fct_indicator_change where target_change not in ('unchanged') order by all"
    )
    assert changed == sorted([(code(RENAMED), "tightened"), (code(LOOSENED), "loosened")])
    assert years.rows(
        "select fiscal_year, total_change_share, is_renamed, is_moved, targets_tightened from fct_project_change"
        f" where project_code = '{code(RENAMED)}' and fiscal_year = 2024"
    ) == [(2024, 1, True, False, 1)]
    assert years.rows("select project_code, fiscal_year from fct_project_change where is_moved") == [
        (code(MOVED), 2024)
    ]


def test_a_changed_code_is_proposed(years: Warehouse) -> None:
    assert years.rows(
        "select project_code, candidate_project_code, name_similarity, is_same_department from project_link_candidate"
    ) == [(code(CODED), "450200240412200009999", 1, True)]


def test_any_order_of_loading_gives_the_same_warehouse(built: Build, years: Warehouse, tmp_path: Path) -> None:
    documents = history()
    random.Random(4).shuffle(documents)
    stepwise = built(tmp_path, documents[:1])
    for document in documents[1:]:
        stepwise = built(tmp_path, [document])
    assert checksums(stepwise.database) == checksums(years.database)


def test_a_year_between_others_is_written_into_their_history(built: Build, tmp_path: Path) -> None:
    first, between, last = history()
    department = of_year(golden()[:1], 2024)
    department[0] |= {"form_type": "whole_department", "project_code": None, "project_name": None}
    whole = Document("2024/department.txt", department)
    for documents in ([first, last, whole], [between]):
        in_steps = built(tmp_path / "steps", documents)
    at_once = built(tmp_path / "once", [first, last, whole, between])
    gone = "select project_code from fct_project_change where fiscal_year = 2024 and presence = 'gone' order by all"
    assert in_steps.rows(gone) == sorted((code(number),) for number in (GONE, CODED, BACK))
    assert checksums(in_steps.database) == checksums(at_once.database)


def test_a_full_rebuild_changes_nothing(built: Build, tmp_path: Path) -> None:
    documents = history()
    warehouse = built(tmp_path, documents[:2])
    corrected = golden()[:2]
    corrected[0]["indicators"][0] |= {"content": "改正的指标", "value_raw": "优"}
    corrected[0]["indicators"][0]["target"] = {"kind": "qualitative", "text": "优"}
    built(tmp_path, [documents[2], Document("2023/z-corrected.txt", corrected)])
    in_steps = checksums(warehouse.database)
    built(tmp_path, [], "--full-refresh")
    assert checksums(warehouse.database) == in_steps


def test_withdrawing_and_reading_anew_equal_a_full_build(built: Build, tmp_path: Path) -> None:
    documents = history()
    warehouse = built(tmp_path / "steps", documents)
    withdrawn = Document("2024/a.txt", documents[1].forms, status="withdrawn")
    built(tmp_path / "steps", [withdrawn])
    at_once = built(tmp_path / "once", [documents[0], withdrawn, documents[2]])
    assert checksums(warehouse.database) == checksums(at_once.database)


def test_only_what_a_document_touches_is_written_anew(built: Build, tmp_path: Path) -> None:
    documents = history()
    warehouse = built(tmp_path, documents[:2])
    built(tmp_path, [Document("2025/one.txt", documents[2].forms[:1])])
    with duckdb.connect(f"{warehouse.database}.work", read_only=True) as connection:
        assert connection.execute("select count(*) from intermediate.int_touched_declaration").fetchall() == [(1,)]
        assert connection.execute("select count(*) from intermediate.int_changed_document").fetchall() == [(1,)]
    built(tmp_path, [])
    with duckdb.connect(f"{warehouse.database}.work", read_only=True) as connection:
        assert connection.execute("select count(*) from intermediate.int_touched_declaration").fetchall() == [(0,)]
