"""What the tests of readers share: documents in, the lines that come out."""

from pathlib import Path

import polars as pl

from ingest.documents import scan
from ingest.readers import Batch, read
from tests.builders.layout import Block, Cell, grid

FORM: list[Block] = [
    "2023年度部门预算柳州市本级项目支出绩效目标申报表",
    [
        [Cell("项目名称"), Cell("道路交通事故处置及预防经费", wide=2), Cell("项目编码"), Cell("450200220411900005783")],
        [Cell("资金总额", high=3), Cell("资金来源", wide=2), Cell("金额(元)", wide=2)],
        [Cell("合计", wide=2), Cell("1,371,400.00", wide=2)],
        [Cell("其他资金", wide=2), Cell("", wide=2)],
        [Cell("年度绩效目标"), Cell("1.保障事故处置。\n2.提高预防能力，事故下降5%以上。", wide=4)],
        [Cell("绩效指标", high=4), Cell("一级指标"), Cell("二级指标"), Cell("指标内容"), Cell("指标值")],
        [Cell("产出指标", high=2), Cell("数量指标"), Cell("完成机动车辆检验数量"), Cell("≥1000辆/次")],
        [Cell("质量指标"), Cell("事故检验鉴定超期"), Cell("<5%")],
        [Cell("满意度指标"), Cell("服务对象满意度"), Cell("群众满意度 (抽样)"), Cell("≥90%")],
    ],
    "填报人：张三",
    [[Cell("项目名称"), Cell("第二个项目")], [Cell("项目编码"), Cell("450200220411900005784")]],
]
"""A form with merged cells, line breaks in cells, and text around the tables."""


def batches(folder: Path, workers: int = 0, **options: int) -> list[Batch]:
    """Read everything in a folder."""
    return list(read(scan(folder), workers=workers, **options))


def lines(folder: Path, workers: int = 0) -> pl.DataFrame:
    """Return the lines of everything in a folder."""
    return pl.concat([batch.lines for batch in batches(folder, workers)])


def refused(folder: Path, workers: int = 0) -> list[tuple[str, int]]:
    """Return reason and first line of what could not be read."""
    frames = [batch.quarantine for batch in batches(folder, workers)]
    return pl.concat(frames).select("reason", "line_start").rows() if frames else []


def texts(frame: pl.DataFrame) -> list[str]:
    """Return the lines' texts, blank cells at their ends left out: a container's width is no part of what it says."""
    return [text for text in frame.get_column("raw_text").str.strip_chars_end("\t ") if text]


def expected(blocks: list[Block]) -> list[str]:
    """Return what any container of these blocks has to give."""
    rows: list[str] = []
    for block in blocks:
        rows += [block] if isinstance(block, str) else ["\t".join(row).rstrip("\t") for row in grid(block)]
    return [row for row in rows if row]
