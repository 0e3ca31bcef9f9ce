"""Text files → lines: encodings, ends of lines, dialects, large files."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.documents import scan
from ingest.readers import read
from tests.ingest.reading import batches, lines, refused

SAMPLE = Path(__file__).parents[2] / "ingest/sample/2023/liuzhou-2023.txt"
TRADITIONAL = (
    "項目支出績效目標申報表\n項目名稱\t道路交通管理經費\n"
    "績效指標\t一級指標\t二級指標\n產出指標\t數量指標\t完成檢驗\t≥100次\n"
)
SIMPLIFIED = (
    "项目支出绩效目标申报表\n项目名称\t道路交通管理经费\n"
    "绩效指标\t一级指标\t二级指标\n产出指标\t数量指标\t完成检验\t≥100次\n"
)


def encoding_of(folder: Path) -> str:
    return batches(folder)[0].documents.item(0, "encoding")


def test_the_sample_has_590_lines_as_they_stand(tmp_path: Path) -> None:
    frame = lines(SAMPLE)
    assert frame.get_column("raw_text").to_list() == SAMPLE.read_text(encoding="utf-8").split("\n")
    assert frame.height == 590
    assert frame.get_column("line_no").to_list() == list(range(1, 591))
    assert frame.select("table_no", "place", "dialect").unique().rows() == [(0, "", "tab")]


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED, "utf-16", "utf-16-le"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "utf-8", "utf-8"),
    ],
)
def test_encodings_are_told_by_what_they_give(tmp_path: Path, text: str, codec: str, named: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.replace("≥", "" if codec == "big5" else "≥").encode(codec))
    assert encoding_of(tmp_path) == named
    assert lines(tmp_path).get_column("raw_text").to_list()[1] == text.split("\n")[1]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_every_end_of_a_line_is_one(tmp_path: Path, newline: str) -> None:
    (tmp_path / "a.txt").write_bytes(SIMPLIFIED.rstrip("\n").replace("\n", newline).encode())
    assert lines(tmp_path).get_column("raw_text").to_list() == SIMPLIFIED.rstrip("\n").split("\n")


def test_a_form_feed_parts_pages_and_adds_no_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("项目\n\f指标\n资金\f单位\n", encoding="utf-8")
    assert lines(tmp_path).get_column("raw_text").to_list() == ["项目", "指标", "资金", "单位"]


def test_what_prints_nothing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("项目\0名称\t1\u200b0\u202e0\x07\ufeff\n项目\t2\n".encode())
    assert lines(tmp_path).get_column("raw_text").to_list() == ["项目名称\t100", "项目\t2"]


def test_a_character_cut_at_the_end_is_named_with_its_line(tmp_path: Path) -> None:
    data = SIMPLIFIED.rstrip("\n").encode() + "元".encode()[:2]
    (tmp_path / "a.txt").write_bytes(data)
    frame = lines(tmp_path)
    assert frame.height == 4
    assert frame.item(3, "raw_text").endswith(r"≥100次\xE5\x85")
    assert refused(tmp_path) == [("undecodable_bytes", 4)]


def test_one_broken_line_costs_one_line(tmp_path: Path) -> None:
    broken = SIMPLIFIED.encode() * 20 + b"\xff\xfe\xff\n" + SIMPLIFIED.encode()
    (tmp_path / "a.txt").write_bytes(broken)
    assert refused(tmp_path) == [("undecodable_bytes", 81)]
    assert lines(tmp_path).height == 85


def test_what_is_no_text_is_refused_whole_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_bytes(b" \n\t\n")
    (tmp_path / "page.html").write_bytes(b"<html><script>x</script></html>")
    (tmp_path / "good.txt").write_text(SIMPLIFIED, encoding="gb18030")
    assert sorted(refused(tmp_path)) == [*[("empty_file", 0)] * 3, ("not_text", 0)]
    assert lines(tmp_path).height == 4 + 2
    hints = pl.concat([batch.quarantine for batch in batches(tmp_path)]).select("hint", "hint_zh")
    assert all(hint and hint_zh for hint, hint_zh in hints.iter_rows())


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("项目名称\t甲\n产出指标\t数量指标\n\n", "tab"),
        ("| 项目名称 | 甲 |\n|---|---|\n| 产出指标 | 数量指标 |\n", "pipe"),
        ("项目名称 | 甲\n产出指标 | 数量指标 | 完成\n", "pipe"),
        ("项目名称 |\n甲 |\n|\n产出指标 |\n", "cell"),
        ("项目名称 道路经费 主管部门 公安局\n产出指标 数量指标 完成检验 ≥100次\n", "space"),
        ("项目名称\n道路经费\n主管部门\n公安局\n项 目 编 码\n1\n", "cell"),
    ],
)
def test_dialects_by_evidence(tmp_path: Path, text: str, dialect: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert set(lines(tmp_path).get_column("dialect")) == {dialect}


def test_a_large_text_comes_in_slices_cut_before_forms(tmp_path: Path) -> None:
    form = "项目支出绩效目标申报表\n项目名称\t甲\n产出指标\t数量指标\t完成检验\t≥100次\n"
    (tmp_path / "a.txt").write_text(form * 2000, encoding="gb18030")
    cut = pl.col("raw_text").str.contains("申报表")
    found = list(read(scan(tmp_path), cut, batch_bytes=30_000))
    assert len(found) > 3
    assert [batch.slice_no for batch in found] == list(range(1, len(found) + 1))
    assert [batch.is_last for batch in found] == [False] * (len(found) - 1) + [True]
    assert all(batch.lines.item(0, "raw_text") == "项目支出绩效目标申报表" for batch in found)
    together = pl.concat([batch.lines for batch in found])
    assert together.get_column("line_no").to_list() == list(range(1, 6001))
    assert together.get_column("raw_text").to_list() == (form * 2000).rstrip("\n").split("\n")


def test_a_large_text_without_a_place_to_cut_still_comes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("项目资金\n" * 20_000, encoding="utf-16")
    found = list(read(scan(tmp_path), pl.col("raw_text") == "never", batch_bytes=10_000))
    assert sum(batch.lines.height for batch in found) == 20_000


def test_many_small_files_share_a_batch(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.txt").write_text(
            f"项目名称\t{number}\n产出指标\t1", encoding=("utf-8", "gb18030")[number % 2]
        )
    found = batches(tmp_path)
    assert len(found) == 1
    assert found[0].documents.get_column("line_count").to_list() == [2] * 300
    assert set(found[0].lines.get_column("raw_text").filter(found[0].lines["line_no"] == 1)) == {
        f"项目名称\t{number}" for number in range(300)
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("项目绩效指标资金名称年度0123456789,.%≥≤ \t（）：产出效益", max_size=12), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_text_comes_back_from_any_encoding(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], codec: str, newline: str
) -> None:
    folder = tmp_path_factory.mktemp("t")
    body = ["项目支出绩效目标申报表", *rows, "年度资金总额"]
    (folder / "a.txt").write_bytes(newline.join(body).encode(codec))
    assert lines(folder).get_column("raw_text").to_list() == body
