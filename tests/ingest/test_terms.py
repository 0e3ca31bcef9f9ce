"""When projects begin and end, as forms print it in many ways; what cannot be read is noticed, never lost in silence."""

from functools import cache

import polars as pl
import pytest

from ingest.parse import parse
from ingest.readers.text import read_texts
from tests.ingest.golden_forms import Golden, documents

READ = {
    "2023年1月至2023年12月": ("2023-01-01", "2023-12-31"),
    "2023.1.1-2023.12.31": ("2023-01-01", "2023-12-31"),
    "2023/01/01～2023/12/31": ("2023-01-01", "2023-12-31"),
    "2023-01-01 至 2023-12-31": ("2023-01-01", "2023-12-31"),
    "20230101-20231231": ("2023-01-01", "2023-12-31"),
    "202301-202412": ("2023-01-01", "2024-12-31"),
    "2023年1月1日—12月31日": ("2023-01-01", "2023-12-31"),
    "2023.1.1—12.31": ("2023-01-01", "2023-12-31"),
    "2024年1-12月": ("2024-01-01", "2024-12-31"),
    "2023.01-2023.12": ("2023-01-01", "2023-12-31"),
    "2023-2025": ("2023-01-01", "2025-12-31"),
    "2023—2025年": ("2023-01-01", "2025-12-31"),
    "2023年1月1日至2025年12月31日（三年）": ("2023-01-01", "2025-12-31"),
    "2023年1月—2025年12月，共36个月": ("2023-01-01", "2025-12-31"),
    "自2023年1月1日起至2023年12月31日止": ("2023-01-01", "2023-12-31"),
    "二〇二三年一月至二〇二五年十二月": ("2023-01-01", "2025-12-31"),
    "1月-12月": ("2023-01-01", "2023-12-31"),
    "2023年": ("2023-01-01", "2023-12-31"),
    "2023年6月": ("2023-06-01", "2023-06-30"),
}
IN_PART = {
    "2023年1月-长期": ("2023-01-01", None),
    "2023年1月起": ("2023-01-01", None),
    "2023年1月至今": ("2023-01-01", None),
    "截至2025年12月": (None, "2025-12-31"),
    "2023年1月1日": ("2023-01-01", None),
    "2023.13.40": (None, None),
    "2023年2月30日": (None, None),
    "一年": (None, None),
    "长期": (None, None),
}


@cache
def read() -> dict[str, tuple[str | None, str | None, list[str]]]:
    """Return what all periods, each in a form of its own, are read as, and what is noticed of them."""
    forms = [
        f"2023年度项目支出绩效目标申报表\n项目名称\t第{n}个项目\n实施期\t{text}\n产出指标\t数量指标\t培训人数\t≥{n}人\n"
        for n, text in enumerate((*READ, *IN_PART))
    ]
    lines = read_texts([("one", "".join(forms).encode())]).lines
    tables = parse(lines, documents([Golden("one", lines, {})]))
    notices = tables["notice"].filter(pl.col("code") == "date_not_understood").select("form_no", "evidence").rows()
    found = tables["form"].select("form_no", pl.col("starts_on", "ends_on").cast(pl.String)).rows()
    return {
        text: (start, end, [evidence for form, evidence in notices if form == number])
        for text, (number, start, end) in zip((*READ, *IN_PART), found, strict=True)
    }


@pytest.mark.parametrize("text", READ)
def test_a_printed_period_is_read(text: str) -> None:
    assert read()[text] == (*READ[text], [])


@pytest.mark.parametrize("text", IN_PART)
def test_what_is_no_date_is_quoted(text: str) -> None:
    assert read()[text] == (*IN_PART[text], [text])
