"""Pages of PDFs as offices print them: rulings missing, pages on their side, watermarks, headers on every page."""

from pathlib import Path

import pytest

from tests.builders.containers import WRITERS
from tests.builders.layout import Block, Cell, Table
from tests.builders.pdf import Drawing, write
from tests.ingest.reading import batches, expected, lines, refused, texts

COLUMNS = (50, 130, 230, 450, 550)
ROWS = [
    ["项目名称", "道路经费", "项目编码", "4502002204"],
    ["一级指标", "二级指标", "指标内容", "指标值"],
    ["产出指标", "数量指标", "完成机动车检验数量", "≥1000次"],
    ["", "质量指标", "事故检验鉴定超期", "<5%"],
    ["效益指标", "社会效益", "万车死亡率较上年有所\n下降并保持较低水平", "≥5%"],
    ["满意度指标", "服务对象", "群众满意度", "≥90%"],
]
READ = ["\t".join(row).replace("\n", "") for row in ROWS]
TITLE = "2023年度项目支出绩效目标申报表"


def form(rulings: str = "hvs") -> Drawing:
    page = Drawing()
    page.text(200, 60, TITLE)
    bottom = page.table(COLUMNS, 80, ROWS, rulings)
    page.text(50, bottom + 30, "填报人：张三")
    return page


def read(tmp_path: Path, *pages: Drawing) -> list[str]:
    (tmp_path / "a.pdf").write_bytes(write(pages))
    return texts(lines(tmp_path))


@pytest.mark.parametrize("rulings", ["hvs", "hv", "h", "hs"])
def test_rulings_that_are_not_drawn(tmp_path: Path, rulings: str) -> None:
    assert [text.replace("\n", "") for text in read(tmp_path, form(rulings))] == [TITLE, *READ, "填报人：张三"]
    assert refused(tmp_path) == []


def test_two_forms_on_a_page_keep_their_cells_apart(tmp_path: Path) -> None:
    def printed(name: str) -> Table:
        return [
            [Cell("项目名称"), Cell(name, wide=2), Cell("项目编码"), Cell("6201002")],
            [Cell("资金", high=2), Cell("资金总额（万元）", wide=2), Cell("680", wide=2)],
            [Cell("财政拨款", wide=2), Cell("600", wide=2)],
            [Cell("年度目标"), Cell("完成12所学校校舍加固，消除D级危房。", wide=4)],
            [Cell("绩效指标", high=5), Cell("一级指标"), Cell("二级指标"), Cell("三级指标"), Cell("指标值")],
            [Cell("产出指标", high=2), Cell("数量指标"), Cell("加固学校"), Cell("12所")],
            [Cell("质量指标"), Cell("验收合格率"), Cell("100%")],
            [Cell("效益指标", high=2), Cell("社会效益指标"), Cell("消除危房"), Cell("100%")],
            [Cell("可持续影响"), Cell("设计使用年限"), Cell("不低于50年")],
        ]

    blocks: list[Block] = ["项目支出绩效目标表", printed("校舍安全"), "项目支出绩效目标表", printed("教师培训")]
    WRITERS["pdf"](blocks, tmp_path / "two.pdf")
    assert texts(lines(tmp_path)) == expected(blocks)


def test_a_merged_cell_among_columns_that_only_texts_show(tmp_path: Path) -> None:
    page = Drawing()
    rows = [*ROWS[:4], ROWS[5]]
    bottom = page.table(COLUMNS, 80, rows, "h")
    page.table(
        (50, 130, 550), bottom, [["年度目标", "保障事故处置，提高预防能力，事故下降百分之五以上，道路畅通安全。"]], "h"
    )
    assert read(tmp_path, page)[-1] == "年度目标\t保障事故处置，提高预防能力，事故下降百分之五以上，道路畅通安全。"


def test_columns_without_any_ruling_are_refused_where_cells_wrap(tmp_path: Path) -> None:
    page = Drawing()
    page.text(200, 60, TITLE)
    rows = [*ROWS[:4], ["效益指标", "社会效益", "万车死亡率\n有所下降\n保持低位", "≥5%"]]
    page.table(COLUMNS, 80, rows, "")
    read(tmp_path, page)
    quarantine = batches(tmp_path)[0].quarantine
    assert quarantine.select("reason", "line_start", "line_end").rows() == [("unruled_table", 2, 8)]


def test_columns_without_any_ruling_and_one_line_a_row_are_read(tmp_path: Path) -> None:
    page = Drawing()
    page.table(COLUMNS, 80, [ROWS[0], ROWS[2], ROWS[5]], "")
    assert read(tmp_path, page) == [READ[0], READ[2], READ[5]]
    assert refused(tmp_path) == []


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_on_its_side_is_turned(tmp_path: Path, rotate: int) -> None:
    page = form()
    page.rotate = rotate
    assert [text.replace("\n", "") for text in read(tmp_path, page)] == [TITLE, *READ, "填报人：张三"]


def test_a_watermark_is_no_part_of_what_lies_below(tmp_path: Path) -> None:
    page = form()
    page.text(120, 200, "内部资料", angle=45, size=60)
    assert [text.replace("\n", "") for text in read(tmp_path, page)] == [TITLE, *READ, "填报人：张三"]


def test_a_row_cut_by_a_page_is_whole_again_below_a_header(tmp_path: Path) -> None:
    pages = [Drawing(), Drawing()]
    for page in pages:
        page.text(50, 30, "柳州市部门预算公开")
    cell = "一二三四五六七八九十一二三四五六七八九十"
    pages[0].table(COLUMNS, 728, [[*ROWS[2][:2], f"{cell}\n{cell}", "≥5%"]])
    pages[1].table(COLUMNS, 60, [["", "", "止。", ""], ROWS[5]])
    found = read(tmp_path, *pages)
    assert f"产出指标\t数量指标\t{cell}{cell}止。\t≥5%" in [text.replace("\n", "") for text in found]
    assert READ[-1] in found


def test_radicals_are_the_characters_they_look_like(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("项⽬名称\t⻔前⻋辆⻚数\n⼀级指标\t农⼾数\n", encoding="utf-8")
    assert texts(lines(tmp_path)) == ["项目名称\t门前车辆页数", "一级指标\t农户数"]
