"""Lines that readers refuse: they stand in the ledger, and nothing is published of them."""

from pathlib import Path

import openpyxl
import polars as pl

from ingest.batches import frames
from ingest.documents import scan

FORM = """2023年项目支出绩效目标申报表
项目名称\t道路经费
一级指标\t二级指标\t指标内容\t指标值
产出指标\t数量指标\t完成检验\t≥100次
效益指标\t社会效益指标\t事故下降\t≥5%
\t\t知晓率\t≥90%
"""


def _parsed(folder: Path) -> dict[str, pl.DataFrame]:
    parts = [part.frames for part in frames(scan(folder), "test")]
    return {name: pl.concat([part[name] for part in parts]) for name in parts[0]}


def test_a_hidden_sheet_declares_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    seen, hidden = book.active, book.create_sheet("旧表")
    for line in FORM.split("\n")[:-1]:
        seen.append(line.split("\t"))
        hidden.append(line.replace("道路", "旧").split("\t"))
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = _parsed(tmp_path)
    assert found["form"].get_column("project_name").to_list() == ["道路经费"]
    assert found["indicator"].height == 3
    ledger = found["source_line"].filter(pl.col("table_no") == 2)
    assert ledger.get_column("raw_text").str.strip_chars_end("\t").to_list()[1] == "项目名称\t旧经费"
    assert set(ledger.get_column("disposition")) == {"quarantined"}
    assert found["quarantine"].get_column("reason").to_list() == ["hidden_sheet"]


def test_a_broken_line_costs_its_indicator_and_not_its_labels(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(FORM.encode().replace("≥5%".encode(), b"\xff\xfe%"))
    found = _parsed(tmp_path)
    indicators = found["indicator"].select("level1", "content", "value_raw").rows()
    assert indicators == [("产出指标", "完成检验", "≥100次"), ("效益指标", "知晓率", "≥90%")]
    assert found["form"].get_column("indicator_count").to_list() == [2]
    assert found["quarantine"].select("reason", "line_start").rows() == [("undecodable_bytes", 5)]
    assert found["source_line"].item(4, "disposition") == "quarantined"
