"""Printed values against what careful readers decided: the golden document, and a table of values seen anywhere."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from ingest.schema import LAKE
from ingest.targets import MILESTONES, TYPED, type_actuals, type_values

GOLDEN = Path(__file__).parents[1] / "golden"
VALUES = {
    "value_raw": pl.String,
    "operator_raw": pl.String,
    "unit_raw": pl.String,
    "fiscal_year": pl.Int32,
    "level2": pl.String,
}


def values(*rows: tuple[str | None, str | None, str | None, int | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=VALUES, orient="row")


def typed(value: str | None, operator: str | None = None, unit: str | None = None, year: int | None = 2023) -> dict:
    frame, _ = type_values(values((value, operator, unit, year, None)))
    return frame.row(0, named=True)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _golden_target(row: dict, steps: pl.DataFrame) -> dict:
    """Write a typed row the way the golden document does."""
    target = {"kind": row["target_kind"]}
    match row["target_kind"]:
        case "numeric":
            return target | {"operator": row["operator"], "value": row["target_value"], "unit": row["unit"]}
        case "deadline":
            return target | {"start": row["starts_on"] and str(row["starts_on"]), "end": str(row["due_on"])}
        case "milestones":
            dated = [
                {"end": str(s["due_on"]), "operator": s["operator"], "value": s["target_value"], "unit": s["unit"]}
                for s in steps.iter_rows(named=True)
            ]
            return target | {"steps": dated}
        case _:
            return target | {"text": row["target_text"]}


def test_every_value_of_the_golden_document() -> None:
    forms = json.loads((GOLDEN / "liuzhou-2023.json").read_text(encoding="utf-8"), parse_float=Decimal)
    read = [(form["fiscal_year"], indicator) for form in forms for indicator in form["indicators"]]
    frame, steps = type_values(values(*((i["value_raw"], None, None, year, i["level2"]) for year, i in read)))
    wrong = [
        (indicator["value_raw"], target)
        for n, ((_, indicator), row) in enumerate(zip(read, frame.iter_rows(named=True), strict=True))
        if (target := _golden_target(row, steps.filter(pl.col("value_index") == n))) != indicator["target"]
    ]
    assert len(read) == 240
    assert wrong == []
    assert not frame["number_not_understood"].any()


def _decided(row: dict[str, str]) -> dict:
    number = {name: Decimal(row[name]) if row[name] else None for name in ("value", "max")}
    text = {name: row[name] for name in ("kind", "operator", "unit", "start", "due", "milestones")}
    return text | number | {"text": row["text"].strip(), "flag": row["number_not_understood"] == "true"}


def _read(row: dict, steps: pl.DataFrame) -> dict:
    printed = (
        (str(s["due_on"]), *((s["operator"], _plain(s["target_value"]), s["unit"]) if s["operator"] else ()))
        for s in steps.iter_rows(named=True)
    )
    return {
        "kind": row["target_kind"] or "",
        "operator": row["operator"] or "",
        "unit": row["unit"] or "",
        "start": str(row["starts_on"] or ""),
        "due": str(row["due_on"] or ""),
        "milestones": "; ".join(" ".join(step) for step in printed),
        "value": row["target_value"],
        "max": row["target_value_max"],
        "text": row["target_text"] or "",
        "flag": row["number_not_understood"],
    }


def test_every_decided_value() -> None:
    with (GOLDEN / "values.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    printed = [
        (r["value_raw"], r["operator_raw"] or None, r["unit_raw"] or None, int(r["fiscal_year"]), r["level2"] or None)
        for r in rows
    ]
    frame, steps = type_values(values(*printed))
    read = [_read(row, steps.filter(pl.col("value_index") == n)) for n, row in enumerate(frame.iter_rows(named=True))]
    wrong = [(r["value_raw"], got, want) for r, got in zip(rows, read, strict=True) if got != (want := _decided(r))]
    assert len(rows) >= 1300
    assert wrong == []


def test_the_frames_have_the_lakes_types() -> None:
    frame, steps = type_values(
        values(("≥95%", None, None, 2023, None), ("6月底50%，12月底100%", None, None, 2023, None))
    )
    assert frame.schema == pl.Schema({**VALUES, **TYPED})
    assert all(TYPED[name] == LAKE["indicator"][name] for name in TYPED)
    assert steps.schema == MILESTONES
    assert steps["step_no"].to_list() == [1, 2]
    assert steps["value_index"].to_list() == [1, 1]


def test_no_values_at_all() -> None:
    frame, steps = type_values(values())
    assert (frame.height, steps.height) == (0, 0)
    assert frame.schema == pl.Schema({**VALUES, **TYPED})


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "<p></p>", "&nbsp;", "\u200b"])
def test_a_blank_value_has_no_kind(blank: str | None) -> None:
    row = typed(blank, "≥", "%")
    assert [row[name] for name in TYPED if name != "number_not_understood"] == [None] * (len(TYPED) - 1)
    assert row["number_not_understood"] is False


@pytest.mark.parametrize(
    ("value", "base"),
    [
        ("≤141.04万元", (Decimal("1410400"), None, "元")),
        ("≥20万人次", (Decimal("200000"), None, "人次")),
        ("3.5亿元", (Decimal("350000000"), None, "元")),
        ("=400万公里", (Decimal("4000000"), None, "公里")),
        ("10-20万元", (Decimal("100000"), Decimal("200000"), "元")),
        ("≤5‰", (Decimal("0.5"), None, "%")),
        ("九成", (Decimal("90"), None, "%")),
        ("≤6个小时", (Decimal("6"), None, "小时")),
        ("≤1.5万元/学位", (Decimal("15000"), None, "元/学位")),
        ("≥3万架次", (Decimal("30000"), None, "架次")),
        ("5万", (Decimal("50000"), None, "")),
        ("95", (Decimal("95"), None, "")),
        ("≥10把", (Decimal("10"), None, "把")),
    ],
)
def test_base_units(value: str, base: tuple[Decimal, Decimal | None, str]) -> None:
    row = typed(value)
    assert (row["base_value"], row["base_value_max"], row["base_unit"]) == base


@pytest.mark.parametrize("value", ["123456789012345678901", "999999999999999999亿元", "0.0000001%", "1" * 400])
def test_what_does_not_fit_keeps_its_text_and_says_so(value: str) -> None:
    row = typed(value)
    assert (row["target_kind"], row["target_text"], row["number_not_understood"]) == ("qualitative", value, True)
    assert row["target_value"] is None


@pytest.mark.parametrize(
    ("value", "operator", "unit", "expected"),
    [
        ("95", "≥", "%", (">=", "95", "%")),
        ("95%", "≥", "%", (">=", "95", "%")),
        ("≥95", "≥", "%", (">=", "95", "%")),
        ("95%以上", None, "%", (">=", "95", "%")),
        ("90", "大于等于", "%", (">=", "90", "%")),
        ("5", "＜", "‰", ("<", "5", "‰")),
        ("30", "约", "批次", ("~", "30", "批次")),
        ("3,000", "＝", "元", ("=", "3000", "元")),
        ("5万", "≤", "元", ("<=", "5", "万元")),
        ("28.8万元", "定量", "%", ("=", "28.8", "万元")),
        ("100", "正向指标", "百分比", ("=", "100", "百分比")),
        ("20", "≥", "标段", (">=", "20", "标段")),
        ("12", "≥", "个乡镇", (">=", "12", "个乡镇")),
        ("5", "≥", "个（套）", (">=", "5", "个(套)")),
        ("95", "=", "无", ("=", "95", "")),
        ("95", "/", "/", ("=", "95", "")),
        ("1", "≥", "年", (">=", "1", "年")),
        ("30", "≤", "日", ("<=", "30", "日")),
    ],
)
def test_operator_and_unit_in_columns_of_their_own(
    value: str, operator: str | None, unit: str | None, expected: tuple[str, str, str]
) -> None:
    row = typed(value, operator, unit)
    assert (row["target_kind"], row["operator"], _plain(row["target_value"]), row["unit"]) == ("numeric", *expected)


@pytest.mark.parametrize(
    ("value", "operator", "unit", "due"),
    [
        ("12", "≤", "月", "2023-12-31"),
        ("2023", "=", "年", "2023-12-31"),
        ("2023年6月", "≤", "年月", "2023-06-30"),
        ("2023-11-30", "≤", "日期", "2023-11-30"),
        ("第三季度", "=", None, "2023-09-30"),
    ],
)
def test_dates_beside_operators_and_units(value: str, operator: str, unit: str | None, due: str) -> None:
    row = typed(value, operator, unit)
    assert (row["target_kind"], str(row["due_on"]), row["operator"]) == ("deadline", due, None)


@pytest.mark.parametrize(
    ("value", "unit", "flag"), [("优良中低差", None, False), ("应保尽保", "%", False), ("100", "%", True)]
)
def test_a_column_that_says_words(value: str, unit: str | None, flag: bool) -> None:
    row = typed(value, "定性", unit)
    assert (row["target_kind"], row["target_text"], row["number_not_understood"]) == ("qualitative", value, flag)


def test_without_a_fiscal_year_only_whole_dates_are_known() -> None:
    assert typed("12月底前", year=None)["target_kind"] == "qualitative"
    assert typed("12月底前", year=None)["number_not_understood"] is True
    assert str(typed("2023年12月底前", year=None)["due_on"]) == "2023-12-31"
    assert str(typed("2023年9月-11月", year=None)["starts_on"]) == "2023-09-01"


def test_results_of_self_evaluations() -> None:
    printed = ["100%", "已完成", "95.2%", "12次", "2023年11月完成", "完成100%", "98", "≥90%", "80-90", "", None]
    frame = pl.DataFrame(
        {
            "value_raw": printed,
            "unit_raw": [None] * 6 + ["分"] + [None] * 4,
            "fiscal_year": [2023] * 11,
            "level2": [None] * 11,
        },
        schema={name: dtype for name, dtype in VALUES.items() if name != "operator_raw"},
    )
    result = type_actuals(frame)
    numbers = [(None if n is None else _plain(n), u) for n, u in result.select("actual_value", "actual_unit").rows()]
    assert numbers == [
        ("100", "%"), (None, None), ("95.2", "%"), ("12", "次"), (None, None), ("100", "%"), ("98", "分"), ("90", "%"),
        (None, None), (None, None), (None, None),
    ]  # fmt: skip
    assert result.schema["actual_value"] == LAKE["indicator"]["actual_value"]
    assert result["value_raw"].to_list() == printed
