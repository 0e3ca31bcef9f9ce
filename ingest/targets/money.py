"""Amounts of money as printed, exact, in yuan."""

from typing import Final

import polars as pl

from ingest.schema import MONEY
from ingest.targets.text import normalise
from ingest.targets.units import SCALE, resolve
from ingest.targets.words import NUMBER, load

IN_YUAN: Final = {
    "yuan": "1",
    "qian_yuan": "1000",
    "wan_yuan": "10000",
    "baiwan_yuan": "1000000",
    "yi_yuan": "100000000",
}
"""Factor of each money unit of a form (schema: form.money_unit)."""

_YUAN: Final = "(?:人民币|RMB|CNY|¥)?"
_UNIT: Final = rf"\(?(?<unit>(?:{SCALE})?元|万|亿)?整?\)?"
_AMOUNT: Final = rf"^{_YUAN}(?<minus>-|\()?{_YUAN}(?<number>{NUMBER}){_UNIT}(?:\([^()]*\))?$"


def parse(amounts: pl.Series, money_unit: pl.Series | str) -> pl.DataFrame:
    """Read printed amounts; one row each, in order: yuan (Decimal(18,2)), is_ok.

    `money_unit`: yuan or wan_yuan for all, or one for each amount; a unit printed with the amount (120.00万元) wins.
    A blank cell and a placeholder (-, /, 无) are null and ok. Null and not ok: no amount, more than two decimals of a
    yuan, beyond Decimal(18,2), or no unit known. Negative: -120.5 and, as accountants print it, (120.5).
    """
    unit = money_unit if isinstance(money_unit, pl.Series) else pl.Series([money_unit]).new_from_index(0, len(amounts))
    frame = pl.DataFrame({"text": normalise(amounts), "form_unit": unit})
    frame = frame.with_columns(pl.col("text").str.extract_groups(_AMOUNT).alias("parts")).unnest("parts")
    frame = frame.join(resolve(frame["unit"]).select("unit", "factor"), on="unit", how="left", maintain_order="left")
    clean = pl.col("number").str.replace_all(",", "").str.replace(r"(\.[0-9]*?)0+$", "${1}").str.replace(r"\.$", "")
    fits = clean.str.contains(r"^0*[0-9]{0,16}(?:\.[0-9]{1,6})?$")
    number = pl.when(fits).then(clean).str.replace(r"^\.", "0.").cast(pl.Decimal(38, 6))
    factor = pl.coalesce(
        pl.col("factor"), pl.col("form_unit").replace_strict(IN_YUAN, default=None).cast(pl.Decimal(38, 6))
    )
    exact = (number * factor).alias("exact")
    blank = (pl.col("text") == "") | pl.col("text").is_in(load()["placeholders"])
    yuan = pl.when(pl.col("minus").is_not_null()).then(-pl.col("exact")).otherwise("exact").cast(MONEY, strict=False)
    whole = pl.col("exact") == pl.col("exact").round(2)
    return (
        frame.with_columns(exact)
        .with_columns(pl.when(whole).then(yuan).alias("yuan"))
        .select("yuan", (blank | pl.col("yuan").is_not_null()).fill_null(False).alias("is_ok"))
    )
