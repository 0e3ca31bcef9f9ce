"""What is noticed of a form while its lines are read, before anything is made of them."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.columns import REASON
from ingest.forms import TO_ALONE
from ingest.goals import AGAIN, UNKNOWN
from ingest.structure import UNIT
from ingest.targets.words import load, signs_of_a_column
from ingest.tokens import ROLES, YEAR_ALONE

REMARKS: Final = pl.Schema({"form": pl.UInt32, "line": pl.UInt32, "code": pl.String, "evidence": pl.String})
"""Rows of `form`, `line`, `code` (of a notice) and `evidence`."""
_LABEL_AND_VALUE: Final = r"^[^:：\n\d]{2,15}[:：]\s*\S"
_LONGEST_LABEL: Final = 45


def unknown_columns(tables: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of tables that no known word names: what stands below them is kept in the lines only.

    Args:
        tables: tokens of indicator tables and lists with `form`, `kind`.

    Returns:
        REMARKS with the code `column_not_understood`, one a form and column.
    """
    text = pl.col("text")
    unknown = tables.filter(
        pl.col("role").is_null(), pl.col("kind").is_in(["columns", "list_columns", "money_columns"])
    )
    unknown = unknown.filter(text.str.contains(r"\p{Han}"), ~text.str.contains(REASON))
    told = unknown.unique(["form", "text"], keep="first", maintain_order=True)
    return told.select("form", "line", code=pl.lit("column_not_understood"), evidence="text")


def beside_units(titles: pl.DataFrame) -> pl.DataFrame:
    """Return what stands beside the unit of money without a label (201105-某局 | 单位：万元), years aside.

    Args:
        titles: tokens of title and unit lines with `form`, `kind`.

    Returns:
        REMARKS with the code `field_not_understood`.
    """
    text = pl.col("text")
    plain = titles.filter(pl.col("kind") == "unit", text.str.contains(r"[\p{Han}\d]"))
    plain = plain.filter(~text.str.contains(YEAR_ALONE), ~text.str.contains(UNIT)).unique(["line", "text"])
    return plain.sort("line").select("form", "line", code=pl.lit("field_not_understood"), evidence="text")


def other_goals(goals: pl.DataFrame) -> pl.DataFrame:
    """Return the goals of which a form prints a better one (全年（调整）绩效目标 beside 年初绩效目标), and what stands below a
    label of goals that nobody knows.

    Args:
        goals: as `ingest.goals.goals` returns them.

    Returns:
        REMARKS with the codes `field_said_twice` and `field_not_understood`.
    """
    code = pl.col("role").replace_strict({AGAIN: "field_said_twice", UNKNOWN: "field_not_understood"}, default=None)
    told = goals.select("form", "line", code=code, evidence=pl.format("{} | {}", "named", "text"))
    return told.filter(pl.col("code").is_not_null())


def without_natures(remarks: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out the column 性质 of forms that print operators, or 定性, in a column that nobody named: it is read.

    Args:
        remarks: REMARKS.
        rows: indicators as printed, with `form`.
    """
    named = (pl.col("code") == "column_not_understood") & (lexicon.normalise(pl.col("evidence")) == "性质")
    if "col_other" not in rows.columns or not remarks.select(named.any()).item():
        return remarks
    words = [*signs_of_a_column(), *load()["qualitative_marks"]]
    told = rows.filter(pl.col("col_other").str.normalize("NFKC").is_in(words)).get_column("form").unique()
    return remarks.filter(~(named & pl.col("form").is_in(told.implode())))


_INSTEAD: Final = {"reporting_unit": "unit", "local_department": "department", "nature": "category"}
"""Fields that are kept only where a form does not print the better one."""


def said_twice(fields: pl.DataFrame) -> pl.DataFrame:
    """Return the values of fields of which a form prints several (专项名称 beside 项目名称): only the first is kept.

    Args:
        fields: as `ingest.forms.fields` returns them.

    Returns:
        REMARKS with the code `field_said_twice`.
    """
    role = pl.col("role").replace(_INSTEAD)
    key = pl.col("form").cast(pl.UInt64) * len(ROLES.categories) + role.to_physical()
    kept = fields.filter(pl.col("role") != "other_field").with_columns(key=key, instead=role != pl.col("role"))
    several = kept.filter(pl.col("key").is_duplicated()).sort("key", "instead", maintain_order=True)
    if not several.height:
        return pl.DataFrame(schema=REMARKS)
    value = pl.col("value").str.replace_all(r"\s", "")
    others = several.filter(value != value.first().over("key"))
    words = lexicon.labels().get_column("word")[others.get_column("label")]
    return others.select(
        "form", "line", code=pl.lit("field_said_twice"), evidence=pl.format("{} | {}", words, "value")
    ).unique(maintain_order=True)


_TOLD: Final = r"\d\s*(?:亿|万|千)?元"


def money_in_words(money: pl.DataFrame) -> pl.DataFrame:
    """Return texts behind 资金来源 that tell amounts in words (财政拨款1500万元，自筹300万元), of which none is read.

    Args:
        money: tokens of money lines with `form`, sorted by line and column.

    Returns:
        REMARKS with the code `field_not_understood`.
    """
    line, text = pl.col("line"), pl.col("text")
    behind = (line == line.shift(1)) & (pl.col("role").shift(1) == "money_head") & pl.col("role").is_null()
    found = text.str.contains(_TOLD) & text.str.contains(r"\p{Han}{2}.*\d.*\p{Han}{2}.*\d")
    marked = money.filter(behind.fill_null(value=False)).filter(found)
    return marked.select("form", "line", code=pl.lit("field_not_understood"), evidence="text")


def spending(money: pl.DataFrame) -> pl.DataFrame:
    """Return what a department spends its money on (基本支出, 项目支出), with amounts: no table holds it.

    Args:
        money: tokens of money lines, sorted by line and column.

    Returns:
        REMARKS with the code `spending_not_kept`.
    """
    line, role, text = pl.col("line"), pl.col("role"), pl.col("text")
    lines = money.filter(role == "spending").get_column("line").unique()
    if not len(lines):
        return pl.DataFrame(schema=REMARKS)
    rows = money.filter(line.is_in(lines.implode()))
    said = rows.group_by("line", maintain_order=True).agg(
        pl.col("form").first(),
        amounts=(role.is_null() & text.str.contains(r"^[¥￥]?-?\d")).any(),
        evidence=text.str.join(" | "),
    )
    return said.filter("amounts").select("form", "line", code=pl.lit("spending_not_kept"), evidence="evidence")


def unknown_fields(fields: pl.DataFrame) -> pl.DataFrame:
    """Return cells of the project block that no known label explains: "label：value", or a label with its value behind.

    Args:
        fields: tokens of header lines with `form` and `dialect`, sorted by line and column.

    Returns:
        REMARKS with the code `field_not_understood`.
    """
    line, role, text = pl.col("line"), pl.col("role"), pl.col("text")
    same = (line == line.shift(1)).fill_null(value=False)
    answered = same & role.shift(1).is_not_null()  # the value of the label before it
    again = same & (text == text.shift(1))
    at = fields.select((role.is_null() & ~answered & ~again & (pl.col("dialect") != "space")).arg_true()).to_series()
    if not at.len():
        return pl.DataFrame(schema=REMARKS)
    behind = fields.select(pl.col("line", "role", "text").name.suffix(" behind"))[(at + 1).clip(0, fields.height - 1)]
    fields = fields.select("form", "line", "text")[at].hstack(behind)
    colon, behind_text = text.str.contains(_LABEL_AND_VALUE), pl.col("text behind")
    pair = (line == pl.col("line behind")) & pl.col("role behind").is_null() & (text != behind_text)
    pair = pair & ~text.str.contains(r"\d") & (text.str.len_bytes() <= _LONGEST_LABEL)
    found = ~text.str.contains(UNIT) & ~text.str.contains(TO_ALONE) & (colon | pair)
    evidence = pl.when(colon).then(text).otherwise(pl.concat_str(text, behind_text, separator=" | "))
    marked = fields.select("form", "line", found=found.fill_null(value=False), evidence=evidence).filter("found")
    return marked.select("form", "line", code=pl.lit("field_not_understood"), evidence="evidence")
