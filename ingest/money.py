"""Money lines → totals, funding sources and budget execution, exactly, in yuan."""

from typing import Final

import polars as pl

from ingest.nothing import known_of_nothing
from ingest.schema import NUMBER
from ingest.structure import MONEY as LABELS
from ingest.structure import MONEY_COLUMNS
from ingest.targets.money import parse as parse_money
from ingest.tokens import ROLES

ROWS: Final = ("total", "sum", "whole_total", "source", "source_level")
_TOTALS: Final = ("total", "whole_total", "total_or_whole")
_UNIT: Final = (
    r"(?:金额|资金|预算|单位|拨款|总额|数|款|项目资金|^)[^\n]{0,12}?[:：(（]\s*(?:单位[:：]\s*)?(?:人民币)?"
    r"(亿元|百万元|万元|千元|元)"
)
_UNIT_ALONE: Final = r"^[(（\[【](?:单位[:：])?(?:人民币)?(亿元|百万元|万元|千元|元)[)）\]】]$"
"""A unit in a cell, or on a line, of its own below 项目资金."""
AMOUNT: Final = r"^[¥￥]?-?[\d０-９][\d０-９,，.．]*\s*(?:万|亿)?元?$"
_BARE_AMOUNT: Final = r"^[¥￥]?-?\d[\d,，.]*\s*$"
_LONGEST_UNIT: Final = 30
UNITS: Final = {"元": "yuan", "千元": "qian_yuan", "万元": "wan_yuan", "百万元": "baiwan_yuan", "亿元": "yi_yuan"}


def units(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the money unit that a form's head prints (金额(元), 单位：万元): `form`, `money_unit`.

    Args:
        tokens: tokens of the lines around the money, a line's together; the lines in any order.
    """
    text = pl.col("text")
    spoken = tokens.filter(text.str.len_bytes() <= 120, text.str.contains("元", literal=True))
    squeezed = text.str.replace_all(r"\s", "")
    told = (
        spoken.select(text.unique())
        .with_columns(alone=squeezed.str.extract(_UNIT_ALONE, 1), named=squeezed.str.extract(_UNIT, 1))
        .filter(pl.col("alone").is_not_null() | pl.col("named").is_not_null())
    )
    return (
        spoken.join(told, on="text", maintain_order="left")
        .sort("line", maintain_order=True)
        .filter(
            pl.col("role").is_in([*LABELS, *MONEY_COLUMNS, "sum"])
            | pl.col("alone").is_not_null()
            | pl.col("kind").is_in(["task", "money", "money_columns"])  # whatever heads the amounts
            | text.str.contains("单位")
        )
        .group_by("form", maintain_order=True)
        .agg(money_unit=pl.coalesce("alone", "named").first().replace(UNITS))
    )


def with_units(tokens: pl.DataFrame) -> pl.DataFrame:
    """Bring amounts and their unit together where it has a cell of its own (资金总额 | 1200 | 万元).

    Args:
        tokens: tokens of money lines, sorted by line and column.
    """
    line, text = pl.col("line"), pl.col("text")
    plain = pl.col("role").is_null() & (text.str.len_bytes() <= _LONGEST_UNIT)
    maybe = plain & plain.shift(1) & (line == line.shift(1)) & text.str.ends_with("元")
    at = tokens.select(maybe.arg_true()).to_series()
    cells = pl.DataFrame({"at": at, "unit": tokens.get_column("text").gather(at)})
    cells = cells.with_columns(amount=tokens.get_column("text").gather(at - 1)).filter(
        pl.col("unit").is_in(list(UNITS)), pl.col("amount").str.contains(_BARE_AMOUNT)
    )
    if not cells.height:
        return tokens
    whole = cells.select(pl.col("amount").str.strip_chars() + pl.col("unit")).to_series()
    texts = tokens.get_column("text").scatter(cells.get_column("at") - 1, whole)
    gone = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(cells.get_column("at").implode())
    return tokens.with_columns(texts).filter(~gone)


def implied(funding: pl.DataFrame) -> pl.DataFrame:
    """Return the unit of forms that print it behind their total only (120万元), for the bare amounts beside it.

    Only where no bare amount is larger than the total: else they are of another unit, and nothing says which.

    Args:
        funding: rows of `lines`.

    Returns:
        `form`, `implied_unit`.
    """
    spoken = funding.filter(pl.col("amount_raw").str.ends_with("元")).get_column("form").unique()
    funding = funding.filter(pl.col("form").is_in(spoken.implode()))
    raw = pl.col("amount_raw").str.replace_all(r"[¥￥,，\s]", "")
    said = funding.select(
        "form",
        total=pl.col("role").is_in(["total", "whole_total"]),
        number=raw.str.extract(r"^(\d+(?:\.\d+)?)\D*$", 1).cast(pl.Float64),
        unit=raw.str.extract(r"^[\d.]+(亿元|百万元|万元|千元|元)$", 1),
        bare=raw.str.contains(r"^[\d.]+$"),
    )
    forms = said.group_by("form").agg(
        units=pl.col("unit").drop_nulls().unique(),
        most=pl.col("number").filter("total", pl.col("unit").is_not_null()).max(),
        bare=pl.col("number").filter("bare").max(),
    )
    found = forms.filter(pl.col("units").list.len() == 1, pl.col("bare") <= pl.col("most"))
    return found.select("form", implied_unit=pl.col("units").list.first().replace(UNITS))


def lines(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the money block of declarations.

    Args:
        tokens: tokens of money lines outside indicator tables with `form`, sorted by line and column.

    Returns:
        One row a printed label that may hold an amount: `form`, `line`, `role` (total, whole_total, source), `scope`
        (annual, whole_project), `funding_source`, `label`, `amount_raw` (NULL: blank cell).
    """
    line, role = pl.col("line"), pl.col("role")
    behind = line.shift(-1) == line
    tokens = _above_their_amounts(_turned(tokens))
    tokens = tokens.with_columns(role=_named_by_amount(tokens))
    rows = tokens.with_columns(
        amount_raw=pl.when(behind & role.shift(-1).is_null()).then(pl.col("text").shift(-1)),
        headed=behind & role.shift(-1).is_in(ROWS),
    ).filter(role.is_in(ROWS))
    # A label that heads another one in its row holds no amount.
    rows = rows.filter(
        role.is_in(["source", "source_level"])
        | ~pl.col("headed").fill_null(value=False)
        | pl.col("amount_raw").is_not_null()
    )
    two = rows.filter(role == "whole_total").get_column("form").unique().implode()
    scoped = pl.concat(
        [
            rows.filter(~pl.col("form").is_in(two)).with_columns(scope=pl.lit("annual")),
            _two_totals(rows.filter(pl.col("form").is_in(two))),
        ]
    ).sort("line", maintain_order=True)
    return _without_subtotals(_sources(scoped)).select(
        "form",
        "line",
        "role",
        "scope",
        pl.col("funding_source").replace("general_public", "general_public_local"),
        pl.col("text").alias("label"),
        "amount_raw",
    )


def _turned(tokens: pl.DataFrame) -> pl.DataFrame:
    """Bring amounts that stand in a row below a row of their labels (资金总额 | 中央 | 自治区) beside these.

    Where both rows have as many cells, in their order; else by their columns, where every amount has a label.
    """
    line, role = pl.col("line"), pl.col("role")
    several = _several_labels(tokens).get_column("line")
    if not len(several):
        return tokens
    opening = tokens.get_column("line").unique(maintain_order=True)
    near = opening.filter(opening.is_in(several.implode()) | opening.shift(1).is_in(several.implode()))
    lines = (
        tokens.filter(line.is_in(near.implode()))
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("form").first(),
            labels=role.is_in(ROWS).sum(),
            named=role.is_not_null().all(),
            amounts=(role.is_null() & pl.col("text").str.contains(AMOUNT)).all(),
            cells=pl.len(),
            flat=(pl.col("dialect") == "cell").any(),
        )
    )
    below = lines.select(pl.all().shift(-1).name.prefix("below_"))
    pairs = lines.hstack(below).filter(
        "named", ~pl.col("flat"), "below_amounts", pl.col("labels") > 1, pl.col("form") == pl.col("below_form")
    )
    if not pairs.height:
        return tokens
    labels = tokens.join(pairs.select("line", "below_line", "labels", "below_cells"), on="line").filter(
        role.is_in(ROWS)
    )
    labels = labels.with_columns(nth=pl.int_range(pl.len()).over("line"))
    amounts = tokens.join(pairs.select(line="below_line"), on="line").with_columns(
        nth=pl.int_range(pl.len()).over("line")
    )
    even = pl.col("labels") == pl.col("below_cells")
    by_order = labels.filter(even).join(
        amounts.select("nth", below_line="line", amount="text"),
        on=["below_line", "nth"],
        how="left",
        maintain_order="left",
    )
    by_place = labels.filter(~even).join(
        amounts.select("column_no", below_line="line", amount="text"),
        on=["below_line", "column_no"],
        how="left",
        maintain_order="left",
    )
    whole = pl.col("amount").count().over("below_line") == pl.col("below_cells")
    found = pl.concat([by_order, by_place]).filter(whole)
    if not found.height:
        return tokens
    values = found.filter(pl.col("amount").is_not_null()).with_columns(
        text="amount",
        role=pl.lit(None, ROLES),
        label=pl.lit(None, pl.UInt16),
        word=pl.lit(None, pl.String),
        means=pl.lit(None, pl.String),
    )
    used = found.get_column("below_line").unique()
    upper = pairs.filter(pl.col("below_line").is_in(used.implode())).get_column("line")
    rest = tokens.filter(~line.is_in(used.implode()), ~(line.is_in(upper.implode()) & role.is_in(ROWS)))
    beside = pl.concat([found, values]).with_columns(line="below_line").select(tokens.columns)
    return pl.concat([rest, beside]).sort("line", "column_no", maintain_order=True)


def _above_their_amounts(tokens: pl.DataFrame) -> pl.DataFrame:
    """Bring a total beside its amount that stands below it, first in a row of other labels and their amounts.

    资金总额 | 按收入性质分 | 按支出性质分 above 865.32 | 其中：一般公共预算 | 865.32 | …
    """
    line, role = pl.col("line"), pl.col("role")
    total = role.is_in(_TOTALS)
    heads = tokens.select("line", over=(role == "money_head") & total.shift(1) & (line == line.shift(1)))
    lines = heads.filter("over").get_column("line").unique()
    if not len(lines):
        return tokens
    tokens = tokens.with_row_index("at")
    plain = (total | (role == "money_head")).fill_null(value=False)
    upper = tokens.filter(line.is_in(lines.implode())).with_columns(last=pl.col("at").max().over("line"))
    totals = upper.filter(plain.all().over("line") & (total.sum().over("line") == 1)).filter(total)
    below = tokens[(totals.get_column("last") + 1).clip(0, tokens.height - 1)]
    below = below.select(pl.col("line", "form", "role", "text", "column_no").name.prefix("below_"))
    found = totals.hstack(below).filter(
        pl.col("below_line") > line,
        pl.col("below_form") == pl.col("form"),
        pl.col("below_role").is_null(),
        pl.col("below_text").str.contains(AMOUNT),
        pl.col("below_column_no") <= pl.col("column_no"),  # blank cells may have been dropped
    )
    moved = found.select("at", below_line="below_line", below_column_no="below_column_no")
    return (
        tokens.join(moved, on="at", how="left", maintain_order="left")
        .with_columns(line=pl.coalesce("below_line", "line"), column_no=pl.coalesce("below_column_no", "column_no"))
        .sort("line", "column_no", maintain_order=True)
        .drop("at", "below_line", "below_column_no")
    )


def _several_labels(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of nothing but labels, two or more of which may hold amounts."""
    line = pl.col("line")
    labels = tokens.select("line", named=pl.col("role").is_in(ROWS)).filter("named")
    several = labels.filter(line == line.shift(1)).select("line").unique()
    unnamed = tokens.filter(pl.col("role").is_null()).select("line")
    return several.join(unnamed, on="line", how="anti")


def _named_by_amount(tokens: pl.DataFrame) -> pl.Series:
    """Return the roles; a head of the money block (预算金额) with an amount behind it is the annual total."""
    line = pl.col("line")
    heads = tokens.select(((pl.col("role") == "money_head") & (line == line.shift(-1))).arg_true()).to_series()
    behind = tokens.get_column("text").gather(heads + 1)
    return tokens.get_column("role").clone().scatter(heads.filter(behind.str.contains(AMOUNT)), "total")


@known_of_nothing
def _two_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Say which of a form's two totals a row belongs to: its block's, or its side's where both stand abreast."""
    role, form = pl.col("role"), "form"
    flat = pl.col("dialect") == "cell"  # no columns are left: each label came on a line of its own
    rows = rows.with_columns(
        annual_at=pl.when(role == "total").then("column_no").forward_fill().over(form),
        block=pl.when(role == "whole_total")
        .then(pl.lit("whole_project"))
        .when(role.is_in(["total", "sum"]))
        .then(pl.lit("annual"))
        .forward_fill()
        .over(form),
        abreast=((role == "whole_total").any() & (role == "total").any()).over("line")
        | (flat & (role == "whole_total") & (role.shift(-1) == "total")),
        in_line=pl.len().over("line"),
        nth=pl.int_range(pl.len()).over("line"),
    ).with_columns(abreast=pl.col("abreast").any().over(form))
    side = (
        pl.when(role == "whole_total")
        .then(pl.lit("whole_project"))
        .when((role == "total") | _of_the_year(rows))
        .then(pl.lit("annual"))
        .when(pl.col("in_line") > 1)
        .then(pl.when(pl.col("nth") == 0).then(pl.lit("whole_project")).otherwise(pl.lit("annual")))
        .when(~flat & (pl.col("column_no") >= pl.col("annual_at")))
        .then(pl.lit("annual"))
        .when((pl.col("means") == "carry_over") | pl.col("word").str.contains("当年|年度|本年"))
        .then(pl.lit("annual"))
        .when(flat & (pl.int_range(pl.len()).over(form, "word") > 0))
        .then(pl.lit("annual"))
        .otherwise(pl.lit("whole_project"))
    )
    return rows.with_columns(scope=pl.when("abreast").then(side).otherwise(pl.col("block").fill_null("annual"))).drop(
        "annual_at", "block", "abreast", "in_line", "nth"
    )


def _of_the_year(rows: pl.DataFrame) -> pl.Expr:
    """Say whether a form's sources, printed below two totals abreast, are all the year's: only then the sums are right."""
    plain = pl.col("amount_raw").str.replace_all(r"[,，\s]", "").str.extract(r"^(-?\d+(?:\.\d+)?)", 1)
    amounts = rows.select("form", "role", "nth", "in_line", amount=plain.cast(pl.Float64))
    role, amount = pl.col("role"), pl.col("amount")
    source = role.is_in(["source", "source_level"])
    sums = amounts.group_by("form").agg(
        whole=amount.filter(role == "whole_total").first(),
        annual=amount.filter(role == "total").first(),
        left=amount.filter(source & ((pl.col("nth") == 0) | (pl.col("in_line") == 1))).sum(),
        all=amount.filter(source).sum(),
    )
    near = ((pl.col("all") - pl.col("annual")).abs() < 0.005) & ((pl.col("left") - pl.col("whole")).abs() >= 0.005)
    return pl.col("form").is_in(sums.filter(near).get_column("form").implode())


def _sources(rows: pl.DataFrame) -> pl.DataFrame:
    """Name each row's funding source; 上级 and 本级 are those of the source above them."""
    role = pl.col("role")
    source = role == "source"
    above = pl.when(source).then("means").forward_fill()
    same_form = pl.when(source).then("form").forward_fill() == pl.col("form")
    return rows.with_columns(
        above=pl.when(same_form).then(above),
        levelled=role == "source_level",
        funding_source=pl.when(source)
        .then("means")
        .when(role == "source_level")
        .then(pl.concat_str(pl.lit("general_public_"), "means")),
        role=pl.when(source | (role == "source_level"))
        .then(pl.lit("source"))
        .when(role == "whole_total")
        .then(pl.lit("whole_total"))
        .otherwise(pl.lit("total")),
    )


def _without_subtotals(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out 一般公共预算 where its parts are printed below it (上级, 一般公共预算拨款（上级）)."""
    rows = rows.with_row_index("at")
    named = pl.col("funding_source").str.starts_with("general_public_") & pl.col("word").str.contains("公共")
    part = (pl.col("levelled") & (pl.col("above") == "general_public")) | named
    parts = rows.select("form", "scope", part=part).filter("part").unique()
    whole = rows.select("at", "form", "scope", "funding_source").filter(pl.col("funding_source") == "general_public")
    subtotals = whole.join(parts, on=["form", "scope"], how="semi")
    return rows.filter(~pl.col("at").is_in(subtotals.get_column("at").implode())).drop("at")


def numbers(printed: pl.Expr) -> pl.Expr:
    """Read plain numbers (95.5%, 10分, 1,234.5) as NUMBER; NULL for everything else, which the caller must report."""
    plain = (
        printed.str.normalize("NFKC")
        .str.replace_all(r"[,\s]", "")
        .str.extract(r"^(-?\d{1,17}(?:\.\d{1,12})?)[%分]?$", 1)
    )
    return plain.str.to_decimal(scale=6).cast(NUMBER)


def in_yuan(amounts: pl.DataFrame, raw: str, unit: str = "money_unit") -> pl.DataFrame:
    """Parse the distinct printed amounts of `raw`: adds `amount_yuan` (NULL for a blank) and `understood`."""
    distinct = amounts.select(raw, unit).unique()
    parsed = parse_money(distinct.get_column(raw), distinct.get_column(unit)).rename(
        {"yuan": "amount_yuan", "is_ok": "understood"}
    )
    return amounts.join(
        distinct.with_columns(parsed), on=[raw, unit], how="left", maintain_order="left", nulls_equal=True
    )
