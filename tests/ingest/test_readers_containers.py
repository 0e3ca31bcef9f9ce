"""One document in every container: the same cells come out."""

import datetime as dt
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chartsheet import Chartsheet

from ingest.readers import xls_records
from ingest.readers.docx_shown import WORD
from tests.builders.containers import WRITERS, convert, write_docx, write_html, write_xlsx
from tests.builders.layout import Block, Cell, Table, plain
from tests.ingest.reading import FORM, batches, expected, lines, refused, texts

SAMPLE = Path(__file__).parents[2] / "ingest/sample/2023/liuzhou-2023.txt"
REAL: list[Block] = [
    plain([line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").split("\n")[3:200] if line.strip()])
]


@pytest.mark.parametrize("extension", sorted(WRITERS))
def test_a_form_reads_the_same_in_every_container(tmp_path: Path, extension: str) -> None:
    WRITERS[extension](FORM, tmp_path / f"form.{extension}")
    flat = extension == "txt"
    assert texts(lines(tmp_path)) == [row.replace("\n", " ") if flat else row for row in expected(FORM)]
    assert refused(tmp_path) == []


@pytest.mark.parametrize("extension", sorted(WRITERS))
def test_the_sample_reads_the_same_in_every_container(tmp_path: Path, extension: str) -> None:
    WRITERS[extension](REAL, tmp_path / f"form.{extension}")
    assert texts(lines(tmp_path)) == expected(REAL)


def test_wide_pages_read_the_same(tmp_path: Path) -> None:
    blocks = [*FORM, "另一表", *REAL]
    write_docx(blocks, tmp_path / "form.docx", landscape=True)
    convert(tmp_path / "form.docx", "pdf")
    (tmp_path / "form.docx").unlink()
    assert texts(lines(tmp_path)) == expected(blocks)


def test_places_are_told(tmp_path: Path) -> None:
    for extension in ("docx", "html", "pdf", "xlsx"):
        folder = tmp_path / extension
        folder.mkdir()
        WRITERS[extension](FORM, folder / f"form.{extension}")
    last = {name: lines(tmp_path / name).row(-1, named=True) for name in ("docx", "html", "pdf", "xlsx")}
    assert last["docx"]["place"] == last["html"]["place"] == "table 2 row 2"
    assert last["pdf"]["place"] == "page 1 table 2 row 2"
    assert last["xlsx"]["place"] == "sheet '表2' row 3"
    assert [(row["table_no"], row["line_no"]) for row in last.values()] == [(2, 2), (2, 2), (2, 2), (2, 3)]
    for name in last:
        frame = lines(tmp_path / name)
        assert frame.select("table_no", "line_no").is_duplicated().sum() == 0


def test_workers_read_what_this_process_reads(tmp_path: Path) -> None:
    for extension in ("docx", "html", "xlsx"):
        WRITERS[extension](FORM, tmp_path / f"{extension}.{extension}")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 broken")
    assert lines(tmp_path, workers=2).equals(lines(tmp_path, workers=0))
    assert refused(tmp_path, workers=2) == [("corrupt_file", 0)]


_TEXT = st.text("项目绩效指标道路经费元万%≥≤0123456789ab./（）、", min_size=0, max_size=9).map(str.strip)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table with merged cells of any size."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(2, 5))
    taken: set[tuple[int, int]] = set()
    table: Table = []
    for row in range(height):
        cells = []
        for column in range(width):
            if (row, column) in taken:
                continue
            free = next((j for j in range(column, width) if (row, j) in taken), width) - column
            wide, high = draw(st.integers(1, free)), draw(st.integers(1, height - row))
            taken |= {(row + i, column + j) for i in range(high) for j in range(wide)}
            cells.append(Cell(draw(_TEXT), high, wide))
        table.append(cells)
    return table


@settings(max_examples=60, deadline=None)
@given(st.lists(tables(), min_size=1, max_size=3), st.sampled_from([write_html, write_xlsx, write_docx]))
def test_any_merged_table_comes_back(tmp_path_factory: pytest.TempPathFactory, found: list[Table], write) -> None:
    folder = tmp_path_factory.mktemp("t")
    blocks: list[Block] = ["项目支出绩效目标申报表", *[block for table in found for block in (table, "之间")]]
    write(blocks, folder / f"a.{write.__name__.removeprefix('write_')}")
    assert texts(lines(folder)) == expected(blocks)


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


def test_what_was_deleted_or_hidden_in_word_is_gone(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    paragraph = table.cell(0, 0).paragraphs[0]
    for xml in (
        "<w:del {}><w:r><w:delText>旧</w:delText></w:r></w:del>",
        "<w:ins {}><w:r><w:t>新</w:t></w:r></w:ins>",
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>",
        '<w:r {}><w:sym w:font="Symbol" w:char="F0B3"/><w:t>95</w:t><w:tab/><w:t>%</w:t></w:r>',
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
    table.cell(0, 1).add_table(1, 2).cell(0, 1).text = "内"
    document.save(tmp_path / "a.docx")
    assert texts(lines(tmp_path)) == ["新≥95 %", "\t内"]
    assert lines(tmp_path).get_column("table_no").to_list() == [1, 2]


def test_a_text_box_holds_blocks_of_its_own(tmp_path: Path) -> None:
    document = docx.Document()
    box = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    cells = "".join(f"<w:tc>{box.format(text)}</w:tc>" for text in ("框甲", "框乙"))
    content = f"{box.format('框内')}<w:tbl><w:tr>{cells}</w:tr></w:tbl><w:p/>"
    xml = f"<w:r {nsdecls('w')}><w:pict><w:txbxContent>{content}</w:txbxContent></w:pict></w:r>"
    document.add_paragraph("正文")._p.append(parse_xml(xml))
    document.add_paragraph("尾")
    document.save(tmp_path / "a.docx")
    assert texts(lines(tmp_path)) == ["正文", "框内", "框甲\t框乙", "尾"]


def test_page_headers_stand_before_their_sections_and_numbers_before_their_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "2024年项目支出绩效目标申报表"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    document.add_paragraph("一期")
    document.add_section()  # goes on with the header of the one before
    cell = document.add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].text = "培训教师"
    cell.paragraphs[0].style = document.styles["List Number"]
    cell.add_paragraph("修缮校舍", style="List Number")
    cell.add_paragraph("其他", style="List Bullet")
    section = document.add_section()
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = "2025年项目支出绩效目标申报表"
    document.add_paragraph("二期")
    document.save(tmp_path / "a.docx")
    found = lines(tmp_path)
    assert texts(found) == [
        "2024年项目支出绩效目标申报表",
        "一期",
        "1.培训教师\n2.修缮校舍\n其他",
        "2025年项目支出绩效目标申报表",
        "二期",
    ]
    assert found.get_column("place").to_list()[::3] == ["page header", "page header"]


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("chineseCounting", "%1、", ["一、甲", "十一、甲", "二十、甲"]),
        ("decimalEnclosedCircleChinese", "%1", ["①甲", "⑪甲", "⑳甲"]),
        ("lowerLetter", "(%1)", ["(a)甲", "(k)甲", "(t)甲"]),
    ],
)
def test_numbers_are_written_in_their_own_way(tmp_path: Path, kind: str, text: str, shown: list[str]) -> None:
    document = docx.Document()
    for one in document.part.numbering_part.element.findall(f".//{{{WORD[0]}}}lvl"):
        one.find(f"{{{WORD[0]}}}numFmt").set(f"{{{WORD[0]}}}val", kind)
        one.find(f"{{{WORD[0]}}}lvlText").set(f"{{{WORD[0]}}}val", text)
    for _ in range(20):
        document.add_paragraph("甲", style="List Number")
    document.save(tmp_path / "a.docx")
    found = texts(lines(tmp_path))
    assert [found[0], found[10], found[19]] == shown


def test_web_pages_as_a_browser_shows_them(tmp_path: Path) -> None:
    page = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>no</title></head>
    <body><script>no</script><div style="display: none">no</div><h1>绩效目标
    申报表</h1><!-- no --><p>单位：<b>万元</b><br>公开</p>
    <table><tbody><tr><th rowspan=2>项目&nbsp;名称<td colspan="2">&ge;95%<p>以上</p></tr>
    <tr><td>a<td>完成
    情况</tr><tr><td rowspan="0" colspan="x">z<table><tr><td>内<td>层</table></td></tr></table>尾</body></html>"""
    (tmp_path / "a.html").write_bytes(page.encode("gb18030"))
    frame = lines(tmp_path)
    assert texts(frame) == [
        "绩效目标申报表",
        "单位：万元",
        "公开",
        "项目\u00a0名称\t≥95%\n以上",
        "\ta\t完成情况",
        "z",
        "内\t层",
        "尾",
    ]
    assert batches(tmp_path)[0].documents.item(0, "encoding") == "gb18030"
    assert frame.filter(pl.col("table_no") == 0).get_column("dialect").unique().to_list() == ["cell"]


def test_what_a_page_says_by_its_fields_captions_and_plain_text(tmp_path: Path) -> None:
    page = """<body><pre>说明
项目名称\t甲</pre><table><caption>绩效目标申报表</caption><tr style="display:none"><td>旧</td></tr>
    <tr><td>名称<td><input value="乙"><input type=hidden value=x></tr>
    <tr><td><input type=checkbox checked>新增<input type=checkbox>延续
    <td><select><option>A<option selected>经常性</select><td><textarea>一\n二</textarea></table>"""
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert texts(lines(tmp_path)) == [
        "说明",
        "项目名称\t甲",
        "绩效目标申报表",
        "名称\t乙",
        "☑新增□延续\t经常性\t一\n二",
    ]


def test_the_content_says_the_format_before_the_name_does(tmp_path: Path) -> None:
    write_xlsx(FORM, tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    write_html(FORM, tmp_path / "b.html")
    (tmp_path / "b.html").rename(tmp_path / "b.doc")
    assert texts(lines(tmp_path)).count("项目编码\t450200220411900005784") == 2


def test_a_scanned_pdf_is_named_as_such(tmp_path: Path) -> None:
    pillow = pytest.importorskip("PIL.Image")
    pillow.new("RGB", (200, 200), "white").save(tmp_path / "scan.pdf")
    assert refused(tmp_path) == [("no_text_layer", 0)]


def test_without_libreoffice_a_doc_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.doc").write_bytes(b"{\\rtf1 x}")
    monkeypatch.setenv("PATH", "")
    quarantine = batches(tmp_path)[0].quarantine
    assert quarantine.item(0, "reason") == "libreoffice_missing"
    assert "apt-get install libreoffice-writer" in quarantine.item(0, "hint")


def test_one_doc_that_cannot_be_converted_leaves_the_others(tmp_path: Path) -> None:
    WRITERS["doc"](FORM, tmp_path / "good.doc")
    ole = (tmp_path / "good.doc").read_bytes()[:2048]
    (tmp_path / "broken.doc").write_bytes(ole + "WordDocument".encode("utf-16-le") + b"\0" * 99)
    assert texts(lines(tmp_path)) == expected(FORM)
    assert refused(tmp_path) == [("conversion_failed", 0)]
