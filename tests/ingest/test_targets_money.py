"""Amounts of money: exact, in yuan, and never a blank that becomes 0."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.schema import MONEY
from ingest.targets import money


def parse(amount: str | None, unit: str = "yuan") -> tuple[Decimal | None, bool]:
    return money.parse(pl.Series([amount], dtype=pl.String), unit).row(0)


@pytest.mark.parametrize(
    ("amount", "unit", "yuan"),
    [
        ("1,371,400.00", "yuan", "1371400"),
        ("10,308,000.00", "yuan", "10308000"),
        ("1，371，400", "yuan", "1371400"),
        ("1 371 400", "yuan", "1371400"),
        ("１３７１４００．５０", "yuan", "1371400.50"),
        ("（120.5）", "yuan", "-120.5"),
        ("-120.5", "yuan", "-120.5"),
        ("0", "yuan", "0"),
        ("0.00", "wan_yuan", "0"),
        ("238.93", "wan_yuan", "2389300"),
        ("0.000001", "wan_yuan", "0.01"),
        ("120.00万元", "yuan", "1200000"),
        ("38.75万元", "wan_yuan", "387500"),
        ("854万(高标准农田建设400万元)", "wan_yuan", "8540000"),
        ("3.5亿元", "yuan", "350000000"),
        ("100元", "wan_yuan", "100"),
        ("100元整", "yuan", "100"),
        ("¥1,000", "yuan", "1000"),
        ("3309840.", "yuan", "3309840"),
        ("12.5000000000", "yuan", "12.5"),
        ("9999999999999999.99", "yuan", "9999999999999999.99"),
    ],
)
def test_amounts(amount: str, unit: str, yuan: str) -> None:
    assert parse(amount, unit) == (Decimal(yuan), True)


@pytest.mark.parametrize("blank", [None, "", "  ", "-", "—", "——", "/", "无", "　"])
def test_a_blank_or_a_dash_is_no_amount_and_no_fault(blank: str | None) -> None:
    assert parse(blank) == (None, True)


@pytest.mark.parametrize(
    "amount", ["abc", "12.345", "1,37,1", "1.2.3", "12 3", "99999999999999999999", "10-20", "约100", "十万"]
)
def test_what_is_no_amount_says_so(amount: str) -> None:
    assert parse(amount) == (None, False)


def test_without_a_money_unit_only_a_printed_one_counts() -> None:
    units = pl.Series([None, None, "yuan", "wan_yuan"], dtype=pl.String)
    frame = money.parse(pl.Series(["100", "100元", "100", "100"]), units)
    assert frame.rows() == [(None, False), (Decimal(100), True), (Decimal(100), True), (Decimal(1000000), True)]
    assert frame.schema == {"yuan": MONEY, "is_ok": pl.Boolean}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.decimals(min_value=0, max_value=10**14, places=2), min_size=1, max_size=40), st.booleans())
def test_every_amount_comes_back_in_every_style(amounts: list[Decimal], negative: bool) -> None:
    sign = "-" if negative else ""
    styles = [f"{sign}{{:,.2f}}", f"{sign}{{:.2f}}", f"{sign}{{:.2f}}元", f" {sign}{{:,.2f}} "]
    printed = pl.Series([style.format(amount) for amount in amounts for style in styles])
    expected = [-a if negative else a for a in amounts for _ in styles]
    assert money.parse(printed, "yuan")["yuan"].to_list() == expected
    in_wan = pl.Series([f"{sign}{amount / 10000:.6f}" for amount in amounts])
    assert money.parse(in_wan, "wan_yuan")["yuan"].to_list() == [-a if negative else a for a in amounts]
