"""The published tables of one year: what the contract names is there, and says what the forms say."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.dbt.checksums import checksums
from tests.dbt.conftest import PROJECT, Warehouse
from tests.dbt.lake_fixture import Document, golden, of_year

CONTRACT = {
    "dim_fiscal_year": "fiscal_year starts_on ends_on",
    "dim_region": "region_code region_name province_name level",
    "dim_department": "department_key region_code department_code department_name valid_from_year valid_to_year is_current",
    "dim_implementing_unit": "unit_key region_code unit_name",
    "dim_project": "project_key project_code project_name project_attribute library_year region_code department_code"
    " valid_from_year valid_to_year is_current",
    "dim_indicator_category": "category_key level1 level2 harmonised_level1 harmonised_level2",
    "dim_measure_unit": "unit dimension base_unit factor",
    "dim_funding_source": "funding_source name_zh name_en",
    "dim_document": "document_id file_name format byte_size fiscal_year loaded_at",
    "fct_declaration": "declaration_key form_type fiscal_year region_code project_code project_name department_code"
    " department_name unit_name project_attribute total_yuan whole_project_total_yuan annual_goal indicator_count"
    " document_id line_start line_end",
    "fct_project_funding": "declaration_key fiscal_year project_code funding_source amount_yuan",
    "fct_indicator_target": "indicator_key declaration_key fiscal_year project_code indicator_no level1 level2 content"
    " value_raw target_kind operator target_value target_value_max unit base_value base_unit starts_on due_on target_text"
    " document_id line_no",
    "fct_indicator_milestone": "indicator_key step_no due_on operator target_value unit",
    "fct_budget_execution": "declaration_key fiscal_year project_code funding_line initial_budget_yuan"
    " adjusted_budget_yuan executed_yuan execution_rate weight score",
    "fct_indicator_result": "indicator_key declaration_key fiscal_year project_code indicator_no actual_raw actual_value"
    " actual_unit weight score deviation_reason target_indicator_key",
    "quarantine": "document_id line_start line_end raw_text reason hint",
    "source_line": "document_id line_no raw_text disposition declaration_key",
}
RULES = {
    "fct_quality_finding": "rule_id severity declaration_key indicator_key fiscal_year project_code document_id line_no"
    " message_en message_zh evidence basis",
    "dim_quality_rule": "rule_id title_en title_zh severity basis applies_to",
}

Build = Callable[..., Warehouse]


@pytest.fixture(scope="module")
def sample(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("sample"), [Document("2023/liuzhou.txt", golden())])


def test_an_empty_lake_builds(built: Build, tmp_path: Path) -> None:
    warehouse = built(tmp_path, [])
    assert warehouse.rows("select count(*) from fct_declaration") == [(0,)]


@pytest.mark.parametrize("table", CONTRACT)
def test_the_contract_names_are_there(sample: Warehouse, table: str) -> None:
    columns = {row[0] for row in sample.rows(f"describe {table}")}
    assert set(CONTRACT[table].split()) <= columns


def test_types_are_those_of_the_contract(sample: Warehouse) -> None:
    found = sample.rows("select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'")
    for table, column, data_type in found:
        if column.endswith("_yuan"):
            assert data_type == "DECIMAL(18,2)", (table, column)
        elif column in {"target_value", "base_value", "execution_rate", "actual_value", "weight", "score", "factor"}:
            assert data_type == "DECIMAL(24,6)", (table, column)
        elif column.endswith("_on"):
            assert data_type == "DATE", (table, column)
        elif column == "fiscal_year":
            assert data_type == "INTEGER", (table, column)


def test_every_public_column_is_described_in_both_languages() -> None:
    files = [file for layer in ("marts", "quality") for file in (PROJECT / "models" / layer).rglob("*.yml")]
    models = [model for file in files for model in yaml.safe_load(file.read_text("utf-8")).get("models", [])]
    public = [model for model in models if not model["name"].startswith("int_")]
    columns = {model["name"]: {column["name"] for column in model["columns"]} for model in public}
    assert columns.keys() >= CONTRACT.keys()
    assert {table for table, names in RULES.items() if not set(names.split()) <= columns[table]} == set()
    for model in public:
        for described in [model, *model["columns"]]:
            assert described["description"].strip(), (model["name"], described["name"])
            assert described["config"]["meta"]["zh"].strip(), (model["name"], described["name"])


def test_forms_come_through_whole(sample: Warehouse) -> None:
    forms = golden()
    expected = sorted((f["project_code"], f["annual_goal"], f["line_start"], len(f["indicators"])) for f in forms)
    assert (
        sorted(sample.rows("select project_code, annual_goal, line_start, indicator_count from fct_declaration"))
        == expected
    )
    money = {(f["project_code"], s): f["funding"][s] for f in forms for s in f["funding"] if s != "total"}
    printed = sample.rows("select project_code, funding_source, amount_yuan from fct_project_funding")
    assert {(code, source): amount for code, source, amount in printed} == money
    targets = sorted(
        (f["project_code"], i["no"], i["level1"], i["level2"], i["content"], i["value_raw"])
        for f in forms
        for i in f["indicators"]
    )
    assert (
        sorted(
            sample.rows(
                "select project_code, indicator_no, level1, level2, content, value_raw from fct_indicator_target"
            )
        )
        == targets
    )


def test_a_blank_amount_stays_blank(built: Build, tmp_path: Path) -> None:
    form = golden()[0]
    form["funding"]["other"] = None
    form["funding"]["total"] = None
    warehouse = built(tmp_path, [Document("a.txt", [form])])
    assert warehouse.rows("select amount_yuan from fct_project_funding where funding_source = 'other'") == [(None,)]
    assert warehouse.rows("select total_yuan from fct_declaration") == [(None,)]


def test_regions_are_the_administrative_divisions(sample: Warehouse) -> None:
    assert sample.rows("select region_name, province_name, level from dim_region where region_code = '450200'") == [
        ("柳州市", "广西壮族自治区", "prefecture")
    ]
    assert sample.rows("select level, count(*) > 30 from dim_region group by all order by all") == [
        ("county", True),
        ("prefecture", True),
        ("province", True),
    ]


def test_a_form_without_code_name_or_year_has_a_key_and_blocks_nothing(built: Build, tmp_path: Path) -> None:
    forms = golden()[:3]
    for form in forms:
        form |= {"project_code": None, "project_name": None, "implementing_unit": None, "supervising_department": None}
        form |= {"supervising_department_code": None, "fiscal_year": None}
        for indicator in form["indicators"]:
            indicator["target"] = {"kind": "qualitative", "text": indicator["value_raw"]}
    warehouse = built(tmp_path, [Document("a.txt", forms, region_code=None)])
    assert warehouse.rows("select count(distinct declaration_key) from fct_declaration") == [(3,)]
    assert warehouse.rows("select count(project_code) from fct_declaration") == [(0,)]


def test_units_of_one_department_keep_projects_of_one_name_apart(built: Build, tmp_path: Path) -> None:
    forms = golden()[:2]
    for form, unit in zip(forms, ("甲所", "乙所"), strict=True):
        form |= {"project_code": None, "project_name": "办公经费", "implementing_unit": unit}
    warehouse = built(tmp_path, [Document("a.txt", forms)])
    assert warehouse.rows("select count(*) from fct_declaration") == [(2,)]


def test_the_later_publication_is_in_force_and_the_earlier_stays_visible(built: Build, tmp_path: Path) -> None:
    first, second = golden()[:2], golden()[:1]
    second[0]["funding"]["total"] = 999
    documents = [
        Document("b-first.txt", first, published_on=date(2023, 2, 1)),
        Document("a-second.txt", second, published_on=date(2023, 3, 1)),
    ]
    warehouse = built(tmp_path / "one", documents)
    code = first[0]["project_code"]
    assert warehouse.rows(f"select total_yuan from fct_declaration where project_code = '{code}'") == [(Decimal(999),)]
    assert warehouse.rows(
        f"select status, version_no, total_yuan from fct_declaration_version where project_code = '{code}' order by all"
    ) == [
        ("in_force", 2, Decimal(999)),
        ("superseded", 1, Decimal(first[0]["funding"]["total"])),
    ]
    assert warehouse.rows("select count(*) from fct_superseded_indicator") == [(len(first[0]["indicators"]),)]
    assert warehouse.rows("select count(*) from fct_declaration") == [(2,)]
    other_order = built(tmp_path / "other", documents[::-1])
    assert checksums(other_order.database) == checksums(warehouse.database)


def test_without_a_printed_date_the_file_and_then_its_name_decide(built: Build, tmp_path: Path) -> None:
    def total(value: int) -> list[dict]:
        form = golden()[0]
        form["funding"]["total"] = value
        return [form]

    noon = datetime(2023, 3, 1, 12, tzinfo=UTC)
    documents = [
        Document("z.txt", total(1), modified_at=datetime(2023, 3, 1, 11, tzinfo=UTC)),
        Document("b.txt", total(2), modified_at=noon),
        Document("a.txt", total(3), modified_at=noon),
    ]
    assert built(tmp_path, documents).rows("select total_yuan from fct_declaration") == [(Decimal(2),)]


def test_one_project_twice_in_one_document(built: Build, tmp_path: Path) -> None:
    once, twice = golden()[0], golden()[0]
    twice["line_start"], twice["funding"]["total"] = 300, 5
    for indicator in twice["indicators"]:
        indicator["line"] += 300
    warehouse = built(tmp_path, [Document("a.txt", [once, twice])])
    assert warehouse.rows("select total_yuan, line_start from fct_declaration") == [(Decimal(5), 300)]
    assert warehouse.rows("select count(*) from fct_declaration_version") == [(2,)]


def test_a_withdrawn_document_brings_the_earlier_one_back(built: Build, tmp_path: Path) -> None:
    forms = golden()[:1]
    later = golden()[:1]
    later[0]["funding"]["total"] = 7
    documents = [
        Document("a.txt", forms, published_on=date(2023, 2, 1)),
        Document("b.txt", later, published_on=date(2023, 3, 1), status="withdrawn"),
    ]
    warehouse = built(tmp_path, documents)
    assert warehouse.rows("select total_yuan from fct_declaration") == [(Decimal(forms[0]["funding"]["total"]),)]
    assert warehouse.rows("select status from fct_declaration_version order by all") == [("in_force",), ("withdrawn",)]


def test_a_self_evaluation_answers_its_declared_targets(built: Build, tmp_path: Path) -> None:
    forms = golden()[:3]
    evaluated = of_year(forms, 2023)
    for form in evaluated:
        form["form_type"] = "self_evaluation"
        for indicator in form["indicators"]:
            indicator["actual_raw"] = "完成"
    evaluated[0]["indicators"][0]["content"] += "数"
    warehouse = built(tmp_path, [Document("a.txt", forms), Document("b.txt", evaluated)])
    indicators = sum(len(form["indicators"]) for form in forms)
    matched = (
        "from fct_indicator_result as r join fct_indicator_target as t on r.target_indicator_key = t.indicator_key"
    )
    assert warehouse.rows(
        f"select count(*) {matched} where t.form_type = 'declaration' and t.indicator_no = r.indicator_no"
    ) == [(indicators,)]
    assert warehouse.rows("select match_kind, count(*) from fct_indicator_result group by all order by all") == [
        ("nearest_name", 1),
        ("same_name", indicators - 1),
    ]


@pytest.mark.parametrize(
    ("damage", "test"),
    [
        ("delete from marts.fct_indicator_target where indicator_no = 1", "lake_equals_marts"),
        ("delete from marts.fct_indicator_target where indicator_no = 1", "indicators_belong"),
        ("insert into marts.fct_declaration from marts.fct_declaration limit 1", "keys_are_unique"),
        ("delete from marts.dim_indicator_category", "references_resolve"),
        ("update marts.agg_indicator_target set indicators = indicators + 1", "aggregates_add_up"),
        ("delete from marts.agg_project_funding", "aggregates_add_up"),
        ("update marts.fct_declaration set form_type = 'x'", "values_are_accepted"),
        (
            "update marts.fct_project_funding set amount_yuan = amount_yuan + 1 where amount_yuan > 1",
            "lake_equals_marts",
        ),
    ],
)
def test_damage_is_noticed(
    sample: Warehouse, invoke: Callable[..., dict[str, str]], tmp_path: Path, damage: str, test: str
) -> None:
    shutil.copytree(sample.folder, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(tmp_path / sample.database.name)) as connection:
        connection.execute(damage)
    assert invoke(tmp_path, "test", "--select", test)[test].startswith("fail")


def test_the_unit_tests_beside_the_models_hold(sample: Warehouse, invoke: Callable[..., dict[str, str]]) -> None:
    outcome = invoke(sample.folder, "test", "--select", "test_type:unit")
    assert outcome
    assert all(status.startswith("pass") for status in outcome.values()), outcome
