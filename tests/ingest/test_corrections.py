"""Reviewed corrections: applied before parsing, recorded, and loud when they no longer match."""

from pathlib import Path

import polars as pl
import pytest

from ingest import batches, corrections, documents
from ingest.archive import keep

FORM = """项目支出绩效目标表（2024年度）
项目名称\t河湖管护
主管部门\t融水苗族自治县水利局
资金总额（万元）\t30
年度目标\t管护河湖
绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t备注
\t产出指标\t数量指标\t巡河次数\t≥24次
巡查\t记录\t完整\t齐全
"""
ENTRY = """
- id: rongshui-8
  document: {document}
  line: {line}
  expect: "{expect}"
  replace: "\\t\\t质量指标\\t巡查记录完整率\\t≥95%"
  reason: cells displaced in the publication
  evidence: printed copy
  by: Li Ming
  date: 2026-11-24
  status: {status}
"""


def load(folder: Path, **entry: object) -> dict[str, pl.DataFrame]:
    """Read the form as a load does, with one correction."""
    landing = folder / "landing" / "2024"
    landing.mkdir(parents=True, exist_ok=True)
    (landing / "融水.txt").write_text(FORM, encoding="utf-8")
    given = {"document": "融水.txt", "line": 8, "expect": "巡查\\t记录\\t完整\\t齐全", "status": "accepted"} | entry
    (folder / "corrections.yml").write_text(ENTRY.format(**given), encoding="utf-8")
    found = keep(documents.scan(folder / "landing"), folder / "archive")
    (batch,) = batches.frames(found, "test", corrections.load(folder / "corrections.yml"))
    return batch.frames


def test_a_correction_repairs_a_line_and_is_recorded(tmp_path: Path) -> None:
    tables = load(tmp_path)
    assert tables["indicator"].select("line_no", "level2", "content", "value_raw").rows()[1] == (
        8,
        "质量指标",
        "巡查记录完整率",
        "≥95%",
    )
    assert tables["quarantine"].is_empty()
    line = tables["source_line"].row(7, named=True)
    assert (line["correction_id"], line["raw_text"]) == ("rongshui-8", "巡查\t记录\t完整\t齐全")
    assert tables["source_line"].get_column("correction_id").drop_nulls().len() == 1


def test_without_it_the_line_is_quarantined(tmp_path: Path) -> None:
    assert load(tmp_path, status="proposed")["quarantine"].get_column("reason").to_list() == ["columns_ambiguous"]


def test_a_correction_that_no_longer_matches_complains(tmp_path: Path) -> None:
    tables = load(tmp_path, expect="巡查\\t记录\\t完整")
    rows = tables["quarantine"].select("reason", "line_start").rows()
    assert rows == [("correction_unmatched", 8), ("columns_ambiguous", 8)]
    assert "rongshui-8" in tables["quarantine"].item(0, "hint")


def test_a_correction_of_a_line_that_is_not_there_complains(tmp_path: Path) -> None:
    assert ("correction_unmatched", 0) in load(tmp_path, line=99)["quarantine"].select("reason", "line_start").rows()


def test_a_correction_of_another_document_waits(tmp_path: Path) -> None:
    assert load(tmp_path, document="三江.txt")["quarantine"].get_column("reason").to_list() == ["columns_ambiguous"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"line": "八"}, "line must be a whole number"),
        ({"line": 99999999999}, "line must be a whole number"),
        ({"status": "done"}, "status must be one of"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(tmp_path, **entry)
