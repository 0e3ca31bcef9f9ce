"""What a release carries beside its tables, as others read it: Frictionless, a DCAT reader, a browser without a network."""

import csv
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Checklist, Package

from orchestration import compare, release
from orchestration.package import frictionless, pages

LARGE = {"dim_region", "fct_rule_outcome", "source_line", "table_profile"}
"""Tables whose rows take Frictionless long; nothing refers to them."""


@pytest.fixture(scope="module")
def folder(sample_home: Path) -> Path:
    return (sample_home / "current").resolve()


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        return connection.execute(sql).fetchall()


def errors(package: Package, **how: Any) -> list[str]:
    report = package.validate(**how)
    return [*(e.message for e in report.errors), *(f"{t.name}: {e.message}" for t in report.tasks for e in t.errors)]


def test_everything_is_in_the_manifest_with_its_checksum(folder: Path) -> None:
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    carried = {"datapackage.json", "fiscal/datapackage.json", "fiscal/budget.csv", "dcat.jsonld", "dictionary.html"}
    assert carried | {"dictionary.csv", "changes.html", "dbt-docs.html", "report.html"} <= files.keys()
    assert release.verify(release.Release(folder)) == []


def test_frictionless_finds_nothing_wrong_and_notices_a_changed_file(folder: Path, tmp_path: Path) -> None:
    package = Package(str(folder / "datapackage.json"))
    assert errors(package) == []
    assert {resource.name for resource in package.resources} == {
        file.stem for file in (folder / "parquet").glob("*.parquet")
    }
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    with (copy / "parquet" / "fct_declaration.parquet").open("ab") as file:
        file.write(b"x")
    assert any("fct_declaration" in error for error in errors(Package(str(copy / "datapackage.json"))))


def test_every_row_is_of_the_types_enumerations_and_keys_of_its_schema(folder: Path) -> None:
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    tables = [resource | {"type": "table"} for resource in descriptor["resources"] if resource["name"] not in LARGE]
    package = Package(descriptor | {"resources": tables}, basepath=str(folder))
    assert errors(package, checklist=Checklist(skip_errors=["byte-count"])) == []
    schemas = {resource["name"]: resource["schema"] for resource in tables}
    assert schemas["fct_declaration"]["primaryKey"] == ["declaration_key"]
    fields = {field["name"]: field for field in schemas["fct_indicator_target"]["fields"]}
    assert fields["operator"]["constraints"]["enum"] == [">=", ">", "<=", "<", "=", "~"]
    assert fields["declaration_key"]["constraints"]["required"]
    assert {
        "fields": ["declaration_key"],
        "reference": {"resource": "fct_declaration", "fields": ["declaration_key"]},
    } in (schemas["fct_indicator_target"]["foreignKeys"])


def test_the_fiscal_package_holds_the_money(folder: Path) -> None:
    place = folder / "fiscal"
    descriptor = json.loads((place / "datapackage.json").read_text("utf-8"))
    assert descriptor.pop("profile") == "fiscal-data-package"  # Frictionless would fetch it from the web
    assert errors(Package(descriptor, basepath=str(place))) == []
    fields = {field["name"]: field["columnType"] for field in descriptor["resources"][0]["schema"]["fields"]}
    assert (fields["amount_yuan"], fields["fiscal_year"]) == ("value", "date:fiscal-year")
    named = {name for dimension in descriptor["model"]["dimensions"].values() for name in dimension["attributes"]}
    assert named | {"amount_yuan"} == set(fields)
    with (place / "budget.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ((total,),) = ask(folder, "select sum(amount_yuan) from fct_project_funding")
    assert sum(Decimal(row["amount_yuan"]) for row in rows) == total


def test_dcat_says_where_the_data_lies_and_its_checksum(folder: Path) -> None:
    record = json.loads((folder / "dcat.jsonld").read_text("utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert record["@type"] == "dcat:Dataset"
    assert {text["@language"] for text in record["dct:title"]} == {"zh", "en"}
    assert record["dct:temporal"]["dcat:startDate"]["@value"] == "2023-01-01"
    assert [place["dct:identifier"] for place in record["dct:spatial"]] == ["450200"]
    prefixes = {key.partition(":")[0] for key in record if not key.startswith("@")}
    assert prefixes <= record["@context"].keys()
    for distribution in record["dcat:distribution"]:
        file = manifest["files"][distribution["dcat:downloadURL"]["@id"]]
        assert distribution["spdx:checksum"]["spdx:checksumValue"]["@value"] == file["sha256"]
        assert distribution["dcat:byteSize"]["@value"] == file["bytes"]


def test_the_dictionary_has_every_column_with_both_languages_and_its_printed_labels(folder: Path) -> None:
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    columns = ask(folder, "select table_name, column_name from duckdb_columns() where schema_name = 'marts'")
    assert set(columns) == rows.keys()
    for place, row in rows.items():
        assert row["meaning_en"], place
        assert re.search("[一-鿿]", row["meaning_zh"]), place
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values()), place
    assert "年度资金申请总额" in rows["fct_declaration", "total_yuan"]["printed_labels"].split(" | ")
    assert "度量单位" in rows["fct_indicator_target", "unit"]["printed_labels"].split(" | ")
    assert rows["fct_declaration", "declaration_key"]["printed_labels"] == ""
    led = {column for (_, column), row in rows.items() if row["printed_labels"]}
    unled = {
        key for key, row in rows.items() if key[0].startswith("fct_") and key[1] in led and not row["printed_labels"]
    }
    assert unled == {("fct_declaration_score", "score")}, (
        "a fact's column leads to labels in one table and not in another"
    )
    page = (folder / "dictionary.html").read_text("utf-8")
    for table, column in columns:
        assert f'id="{table}.{column}"' in page
    assert "总分 = 三项平均" in page, "the formula of the score is not in the dictionary"


@pytest.mark.parametrize("page", ["dictionary.html", "changes.html"])
def test_pages_load_nothing(folder: Path, page: str) -> None:
    text = (folder / page).read_text("utf-8")
    assert "<style>" in text
    assert not re.search(r"src=|<link|@import|url\(", text)


def test_dbt_docs_are_one_page_that_asks_nobody(folder: Path) -> None:
    text = (folder / "dbt-docs.html").read_text("utf-8")
    assert "INLINE DATA" not in text
    assert "Content-Security-Policy" in text[:2000]
    assert "有效的申报表" in text


def test_the_page_of_changes_names_rows_and_sums_and_shows_markup_as_text(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "warehouse.duckdb", other)
    with duckdb.connect(str(other)) as connection:
        connection.execute("use marts")
        ((key,),) = connection.execute("select min(declaration_key) from fct_declaration").fetchall()
        connection.execute(
            "update fct_declaration set total_yuan = 77, project_name = '<b>新</b>' where declaration_key = ?", [key]
        )
        connection.execute("delete from fct_indicator_target where indicator_no = 1")
    changes = compare.releases(folder / "warehouse.duckdb", other, frictionless.keys(folder))
    assert changes["tables"].keys() == {"fct_declaration", "fct_indicator_target"}
    (example,) = changes["tables"]["fct_declaration"]["examples"]["rows_changed"]
    assert example["key"] == {"declaration_key": key}
    assert set(example["columns"]) == {"total_yuan", "project_name"}
    assert example["names"]["fiscal_year"] == 2023, "a person cannot tell which row it is"
    assert changes["tables"]["fct_indicator_target"]["rows_by_year"] == [
        {"fiscal_year": 2023, "before": 240, "after": 215}
    ]
    kinds = [(row["table_name"], row["change_kind"], row["column_name"]) for row in compare.flat(changes)]
    assert ("fct_declaration", "sum_of_year", "total_yuan") in kinds
    assert ("fct_indicator_target", "rows_removed", None) in kinds
    page = tmp_path / "changes.html"
    pages.changes(page, changes, "a", "b")
    text = page.read_text("utf-8")
    assert "&lt;b&gt;新&lt;/b&gt;" in text
    assert "77" in text
    assert text.count("<td>") > 25
