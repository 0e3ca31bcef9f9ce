"""Word: what a reader of the document sees, no more and no less."""

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.readers.docx_shown import WORD
from tests.builders.containers import WRITERS
from tests.ingest.reading import FORM, batches, expected, lines, refused, texts


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
