"""`explain` says of every line what became of it, which labels stand in it, and what was read of it."""

from pathlib import Path

from ingest.explain import explain_file
from tests.ingest.golden_forms import FOLDER, golden


def test_each_line_is_explained() -> None:
    said = explain_file(FOLDER / "a-page-breaks.txt")
    read = golden("a-page-breaks").read()
    for number, line in enumerate(read["source_line"].iter_rows(named=True), 1):
        assert f"\n{number:>5} | {line['disposition']} " in said
    assert "family 版式 funding_block" in said
    assert "3:金额（元）=money_head" in said
    assert "→ 产出指标 / 数量指标 / 购置装备 : ≥120套" in said


def test_it_says_why_a_line_is_in_quarantine() -> None:
    said = explain_file(FOLDER / "c-ambiguous-rows.txt")
    assert "Quarantined 隔离: lines 行 8-8, columns_ambiguous" in said


def test_a_document_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    assert "corrupt_file" in explain_file(tmp_path / "broken.xlsx")
