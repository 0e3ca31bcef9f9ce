"""Workbooks for officers, opened as Excel opens them: the form's layout, printed values, remarks, and never a formula."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from orchestration import workbook
from orchestration.book import Book
from orchestration.release import Release
from orchestration.trouble import Trouble
from tests.conftest import run_jixiao

CODE = "450200220440700005412"
"""A project with findings of two severities."""
Made = Callable[..., Workbook]


@pytest.fixture
def made(sample_home: Path, tmp_path: Path) -> Made:
    """Write what is chosen of a copy of the sample's release, changed by SQL, and open it."""

    def make(change: str = "", **chosen: Any) -> Workbook:
        folder = tmp_path / "release"
        folder.mkdir()
        shutil.copy(sample_home / "current" / "warehouse.duckdb", folder)
        with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
            connection.execute(f"use marts; {change}")
        book = Book(Release(folder))
        file = tmp_path / "book.xlsx"
        workbook.write(book, *workbook.chosen(*(chosen.get(name) for name in ("project", "department", "year"))), file)
        book.close()
        return openpyxl.load_workbook(file)

    return make


def cells(page: Worksheet) -> dict[str, Any]:
    return {cell.coordinate: cell for row in page.iter_rows() for cell in row if cell.value is not None}


def find(page: Worksheet, text: str) -> Any:
    return next(cell for cell in cells(page).values() if cell.value == text)


def test_a_declaration_stands_in_its_forms_layout(made: Made) -> None:
    book = made(project=CODE)
    page, findings = book.worksheets
    assert page.title == "1 体育产业发展专项资金"
    assert page["A1"].value == "2023年度部门预算柳州市本级项目支出绩效目标申报表"
    said = [cell.value for cell in cells(page).values()]
    for words in (
        CODE,
        "407-柳州市体育局",
        "经常性项目",
        "其中：上级",
        "一级指标\nLevel 1",
        "≥2000人",
        "2022年9月-2023年3月",
    ):
        assert words in said
    assert find(page, "合计").offset(0, 3).value == 5_400_000
    blank = find(page, "政府性基金").offset(0, 3)
    assert blank.value is None, "a blank cell became a number"
    level = find(page, "产出指标").coordinate
    (merged,) = [area for area in page.merged_cells.ranges if area.coord.startswith(f"{level}:")]
    assert merged.size["rows"] == 11
    assert page.print_options.horizontalCentered
    assert findings.title == "质量发现 Findings"


def test_findings_are_remarks_where_they_belong_and_a_list(made: Made, sample_home: Path) -> None:
    book = made(project=CODE)
    page, findings = book.worksheets
    with duckdb.connect(str(sample_home / "current" / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select rule_id, message_zh from marts.fct_quality_finding where project_code = ?", [CODE]
        ).fetchall()
    remarks = [cell.comment.text for cell in cells(page).values() if cell.comment]
    for rule, message in rows:
        assert any(rule in text and message in text for text in remarks), (rule, message)
    assert "T3" in find(page, "2022年9月-2023年3月").comment.text
    assert find(page, "2022年9月-2023年3月").fill.fgColor.rgb != find(page, "≥2000人").fill.fgColor.rgb
    listed = Counter(row[0].value for row in findings.iter_rows(min_row=2))
    assert listed == Counter(rule for rule, _ in rows)


def test_no_cell_is_a_formula_whatever_is_printed(made: Made) -> None:
    evil = '=HYPERLINK("http://x","y")'
    book = made(
        f"update fct_declaration set project_name = '{evil}', annual_goal = '@SUM(A1)', title = '+1';"
        "update fct_indicator_target set content = '-2+3', value_raw = '=1+1';"
        f"update fct_quality_finding set message_zh = '{evil}'",
        project="HYPERLINK",
    )
    assert len(book.worksheets) == 27
    seen = set()
    for page in book.worksheets:
        for cell in cells(page).values():
            assert cell.data_type != "f", cell.coordinate
            if isinstance(cell.value, str) and cell.value.startswith(("=", "@", "-")) and not cell.hyperlink:
                assert cell.quotePrefix or page.title.startswith("质量发现"), cell.coordinate
                seen.add(cell.value)
    assert {evil, "@SUM(A1)", "-2+3", "=1+1"} <= seen


def test_contents_lead_to_every_sheet(made: Made) -> None:
    book = made(year=2023)
    contents = book.worksheets[0]
    assert len(book.worksheets) == 27
    leads = [row[1].hyperlink.location for row in contents.iter_rows(min_row=2)]
    assert [name.rpartition("!")[0].strip("'") for name in leads] == [page.title for page in book.worksheets[1:-1]]
    assert all(len(page.title) <= 31 for page in book.worksheets)


def test_a_self_evaluation_shows_what_was_achieved(made: Made) -> None:
    book = made(
        f"update fct_declaration set form_type = 'self_evaluation' where project_code = '{CODE}';"
        "insert into fct_budget_execution by name select declaration_key, fiscal_year, 'total' as funding_line,"
        " '年度资金总额' as label, 100 as initial_budget_yuan, 90 as executed_yuan, 0.9 as execution_rate,"
        " document_id, 1 as line_no"
        f" from fct_declaration where project_code = '{CODE}';"
        "insert into fct_indicator_result by name select indicator_key, declaration_key, 1 as indicator_no, '1999人' as actual_raw,"
        " 10 as weight, 8 as score, '下雨' as deviation_reason, document_id, line_no from fct_indicator_target"
        f" where project_code = '{CODE}' and value_raw = '≥2000人'",
        project=CODE,
    )
    page = book.worksheets[0]
    target = find(page, "≥2000人")
    assert [target.offset(0, place).value for place in (1, 2, 3, 4)] == ["1999人", 10, 8, "下雨"]
    funds = find(page, "年度资金总额")
    assert [funds.offset(0, place).value for place in (2, 3, 4, 5)] == [100, None, 90, 0.9]


def test_nothing_chosen_is_said(made: Made) -> None:
    with pytest.raises(Trouble, match="nothing to write"):
        made(project="没有这个项目")


def test_the_command_writes_a_department(sample_home: Path, tmp_path: Path) -> None:
    done = run_jixiao("book", tmp_path / "a.xlsx", "--department", "公安", "--year", "2023", home=sample_home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 ")
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets) == 5
    assert run_jixiao("book", tmp_path / "a.csv", home=sample_home).returncode == 2
