"""Workbooks, old and new: what a sheet shows is what is read, what it hides is told apart."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chartsheet import Chartsheet

from ingest.readers import xls_records
from tests.builders.containers import WRITERS, convert
from tests.ingest.reading import FORM, batches, lines, refused, texts


def test_numbers_stand_as_a_person_sees_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    shown = [
        (1371400.0, "General", "1371400"),
        (0.1 + 0.2, "General", "0.3"),
        (0.955, "0.0%", "95.5%"),
        (0.9, "0%", "90%"),
        (95, '"≥"0"%"', "≥95%"),
        (12.5, '0.00"万元"', "12.50万元"),
        (dt.date(2023, 3, 31), "yyyy-mm-dd", "2023-03-31"),
        (dt.date(2023, 3, 1), 'yyyy"年"m"月"', "2023年3月"),
        (dt.datetime(2023, 3, 1, 8, 30), "yyyy-mm-dd hh:mm", "2023-03-01 08:30"),
        (1371400, "#,##0.00", "1,371,400.00"),
        (100 / 3, "0.00", "33.33"),
        (1.5, "0.0#", "1.5"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0.00"),
        (12345678, '#,##0,"千元"', "12,346千元"),
        (4.50200220411900005783e20, "0", "4.502002204119E+20"),
        (True, "General", "TRUE"),
        ("=100.00(%)", "@", "=100.00(%)"),
        ("#REF!", "General", "#REF!"),
    ]
    for row, (value, code, _) in enumerate(shown, 1):
        cell = book.active.cell(row, 2)
        cell.value, cell.number_format = value, code
        if value == "=100.00(%)":
            cell.data_type = "s"
    book.save(tmp_path / "a.xlsx")
    assert [text.strip() for text in texts(lines(tmp_path))] == [text for *_, text in shown]
    convert(tmp_path / "a.xlsx", "xls")
    (tmp_path / "a.xlsx").unlink()
    assert [text.strip() for text in texts(lines(tmp_path))] == [text for *_, text in shown]


def test_a_formula_never_calculated_is_refused_with_its_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["项目名称", '=HYPERLINK("http://127.0.0.1","甲")'])
    book.active.append(["合计", 12])
    book.save(tmp_path / "a.xlsx")
    assert refused(tmp_path) == [("formula_without_value", 1)]
    assert texts(lines(tmp_path)) == ['项目名称\t=HYPERLINK("http://127.0.0.1","甲")', "合计\t12"]


def test_a_target_taken_for_a_formula_says_its_own_value(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for value in ("=100%", "=12月", "=100.00(%)", "=5元/人", "=400万公里"):
        book.active.append(["数量指标", value])
    book.save(tmp_path / "a.xlsx")
    assert texts(lines(tmp_path))[3] == "数量指标\t=5元/人"
    assert refused(tmp_path) == []


@pytest.mark.parametrize("extension", ["xlsx", "xls"])
def test_hidden_rows_and_columns_are_told_apart_from_what_is_seen(tmp_path: Path, extension: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["项目名称", "x1", "甲"], ["旧", "x2", "乙"], ["题", "", ""], ["合计", "x3", 3]):
        sheet.append(row)
    sheet.merge_cells("A3:C3")
    sheet.merge_cells("B4:C4")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    if extension == "xls":
        convert(tmp_path / "a.xlsx", "xls")
        (tmp_path / "a.xlsx").unlink()
    assert texts(lines(tmp_path)) == ["项目名称\t\t甲", "旧\t\t乙", "题", "合计\t\tx3"]
    quarantine = batches(tmp_path)[0].quarantine
    assert quarantine.select("reason", "table_no", "line_start").rows() == [
        ("hidden_row", 1, 2),
        ("hidden_column", 0, 1),
    ]
    assert "sheet 'Sheet' column B" in quarantine.item(1, "hint")


def test_an_old_workbook_whose_sectors_go_in_a_circle_shows_nothing_more(tmp_path: Path) -> None:
    WRITERS["xls"](FORM, tmp_path / "a.xls")
    data = (tmp_path / "a.xls").read_bytes()
    table = int.from_bytes(data[76:80], "little") + 1 << int.from_bytes(data[30:32], "little")
    first = int.from_bytes(data[48:52], "little")
    circle = data[: table + 4 * first] + data[48:52] + data[table + 4 * first + 4 :]
    assert xls_records.sheets(circle) == []


def test_a_formula_with_its_value_is_its_value(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["合计", "=1+2", '=IF(1=1,"","x")'])
    book.save(tmp_path / "b.xlsx")
    convert(tmp_path / "b.xlsx", "ods")
    (tmp_path / "b.xlsx").unlink()
    convert(tmp_path / "b.ods", "xlsx")
    (tmp_path / "b.ods").unlink()
    assert texts(lines(tmp_path)) == ["合计\t3"]
    assert refused(tmp_path) == []


def test_a_sheet_that_begins_below_a_merged_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.merge_cells("A1:C2")
    for row in (["", "", "", "x"], ["项目名称", "甲", "乙", "丙"]):
        book.active.append(row)
    book.active["B3"].value, book.active["B3"].number_format = 0, "0%"
    book.save(tmp_path / "a.xlsx")
    assert texts(lines(tmp_path)) == ["\t\t\tx", "项目名称\t0%\t乙\t丙"]


def test_hidden_sheets_are_kept_and_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["项目名称", "甲"])
    hidden = book.create_sheet("旧")
    hidden.append(["项目名称", "乙"])
    hidden.append(["合计", 1])
    hidden.sheet_state = "veryHidden"
    book._sheets.append(Chartsheet(parent=book, title="图"))
    book.save(tmp_path / "a.xlsx")
    quarantine = batches(tmp_path)[0].quarantine
    assert quarantine.select("reason", "table_no", "line_start", "line_end").rows() == [("hidden_sheet", 2, 1, 2)]
    assert texts(lines(tmp_path)) == ["项目名称\t甲", "项目名称\t乙", "合计\t1"]
