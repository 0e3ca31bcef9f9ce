"""One document in every container: the same cells come out."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
