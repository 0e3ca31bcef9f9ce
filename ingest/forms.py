"""Header lines → declarations: name, code, unit, department, attribute, period, and what the title says."""

from typing import Final

import polars as pl
import polars.selectors as cs

from ingest.spread import spread
from ingest.structure import FIELDS, HEADS, MONEY_COLUMNS, TABLE_COLUMNS
from ingest.targets.text import replace_where

_BLANKS = r"[\s]+"
_PREFIXED = r"^[\[【(]?([0-9A-Za-z]{3,30})[\]】)]?\s*[-—－_]\s*(.+)$"
_BRACKETED = r"^[\[【(（]([0-9A-Za-z]{3,30})[\]】)）]\s*(.+)$"
_TICK: Final = "[√☑■✓✔☒●]"
_BOX: Final = "[□☐]"
_UNIT_BEHIND: Final = r"\s+[(（]?(?:金额)?单位[:：]\s*(?:万|千|百万|亿)?元[)）]?$"
"""The money unit, printed at the end of the line that names the unit or the department."""
_DATE_ALONE: Final = (
    r"^\s*(?:19|20)\d{2}(?:\s*[年./-]\s*(?:\d{1,2}\s*(?:[月./-]\s*(?:\d{1,2}\s*[日号]?\s*)?)?)?)?(?:\d{2}){0,2}$"
)
TO_ALONE: Final = r"^\s*(?:至|到|[-—–－~～]+)\s*$"
CODE: Final = r"^[0-9]{6}[0-9A-Za-z]{15}$"
"""A project's code: 21 characters, the first six an area."""
CODE_BEFORE_NAME: Final = r"^([0-9]{6}[0-9A-Za-z]{15})\s*[-—－_]?\s*(.+)$"


def values(tokens: pl.DataFrame, roles: tuple[str, ...]) -> pl.DataFrame:
    """Return what stands behind each label.

    Args:
        tokens: tokens of header lines with `form` and `dialect`, sorted by line and column.
        roles: the labels asked for; another of these in the next cell is no value.

    Returns:
        One row a label: `form`, `line`, `role`, `label`, `value` (NULL: blank cell).
    """
    # What heads a column or an amount is no value either (项目名称 | 预算数).
    other = [*roles, "total", "whole_total", "total_or_whole", *TABLE_COLUMNS, *MONEY_COLUMNS]
    follows = (pl.col("line").shift(-1) == pl.col("line")) & (
        pl.col("role").shift(-1).is_null() | ~pl.col("role").shift(-1).is_in(other)
    )
    # Nor is a project called 项目资金 or 绩效指标: there, the name heads a column of a list that could not be read.
    heads = ["money_head", "goal", "goal_project", "goal_or_project", *HEADS]
    follows &= ~((pl.col("role") == "project_name") & pl.col("role").shift(-1).is_in(heads)).fill_null(value=False)
    tokens = _join_choices(join_spaced(tokens)).with_columns(value=pl.when(follows).then(pl.col("text").shift(-1)))
    return (
        _periods_over_cells(tokens).filter(pl.col("role").is_in(roles)).select("form", "line", "role", "label", "value")
    )


def _periods_over_cells(tokens: pl.DataFrame) -> pl.DataFrame:
    """Let a period end with the second date where it stands over two cells (起止时间 | 2024年1月 | 至 | 2026年12月)."""
    at = tokens.select(
        ((pl.col("role") == "period") & pl.col("value").str.contains(_DATE_ALONE)).arg_true()
    ).to_series()
    if not len(at):
        return tokens
    line = tokens.get_column("line")
    last = line.search_sorted(line.gather(at), "right").cast(pl.UInt32) - 1
    second, third = (pl.select(pl.min_horizontal(at + step, last)).to_series() for step in (2, 3))
    cells = tokens.select("value")[at].with_columns(
        second=tokens.get_column("text").gather(second), third=tokens.get_column("text").gather(third)
    )
    value, end = pl.col("value"), pl.when(pl.col("second").str.contains(TO_ALONE)).then("third").otherwise("second")
    both = end.str.contains(_DATE_ALONE) & (end != value)  # a merged cell is said again
    told = cells.select(pl.when(both).then(pl.concat_str(value, pl.lit("至"), end)).otherwise(value)).to_series()
    return tokens.with_columns(tokens.get_column("value").scatter(at, told))


def _join_choices(tokens: pl.DataFrame) -> pl.DataFrame:
    """Join neighbouring cells that hold a box each (新增项目□ | 延续项目☑): together they are one answer."""
    boxed = pl.col("role").is_null() & pl.col("text").str.contains(f"{_BOX}|{_TICK}")
    return _joined(tokens, boxed) if tokens.get_column("text").str.contains(_BOX).any() else tokens


def join_spaced(tokens: pl.DataFrame, parted: pl.Series | None = None) -> pl.DataFrame:
    """Join neighbouring texts of a line where blanks separate cells: there a blank inside a value cuts it apart.

    Args:
        tokens: with `dialect`, sorted by line and column.
        parted: the tokens that a blank does part from their neighbours.
    """
    text = pl.col("role").is_null() & (pl.col("dialect") == "space")
    if parted is not None:
        text = text & ~parted
    return _joined(tokens, text) if tokens.select(text.any()).item() else tokens


def _joined(tokens: pl.DataFrame, text: pl.Expr) -> pl.DataFrame:
    """Join neighbours of a line for which `text` holds to one token."""
    run = (~(text & text.shift(1) & (pl.col("line") == pl.col("line").shift(1))).fill_null(value=False)).cum_sum()
    others = [pl.col(name).first() for name in tokens.columns if name != "text"]
    return (
        tokens.group_by(run.alias("run"), maintain_order=True)
        .agg(*others, pl.col("text").unique(maintain_order=True).str.join(" "))  # a merged cell is said again
        .select(tokens.columns)
    )


def fields(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the filled fields of the project block, a form's most telling name before its other ones.

    Args:
        tokens: header tokens (no indicator table, no list) with `form`, `dialect`, sorted.

    Returns:
        As `values`, without blank cells.
    """
    return _best_names(values(tokens, FIELDS).filter(pl.col("value").is_not_null()))


def headers(found: pl.DataFrame) -> pl.DataFrame:
    """Return one row a form that prints any field: `form`, one column a role of FIELDS with the first value printed, and
    `<role>_line`.

    Args:
        found: as `fields` returns it.
    """
    frame = found.select(pl.col("form").unique(maintain_order=True))
    at = frame.with_row_index("at")
    owner = found.select("form").join(at, on="form", how="left", maintain_order="left").get_column("at")
    printed = spread(owner, found.get_column("role"), found.select("value", "line"), frame.height)
    blank = found.select("value", "line").clear(frame.height)
    for role in FIELDS:
        value, line = printed.get(role, blank)
        frame = frame.hstack([value.alias(role), line.alias(f"{role}_line")])
    return frame


def _best_names(found: pl.DataFrame) -> pl.DataFrame:
    """Put a form's 项目名称 before its 专项名称: of several names, labels.yml has the most telling first."""
    named = pl.col("role").is_in(["project_name", "unit"])
    names = found.filter(named)
    if not names.select(pl.struct("form", "role").is_duplicated().any()).item():
        return found
    return pl.concat([names.sort("label", maintain_order=True), found.filter(~named)])


def with_lists(headers: pl.DataFrame, listed: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    """Bring the headers of forms and of lists together; what stands above a list is said of each of its projects.

    Args:
        headers, listed: as `headers` returns them.
        starts: `line` (a form of a list begins), `parent` (the form of the list's title).
    """
    if not starts.height:
        return pl.concat([headers, listed], how="diagonal_relaxed")
    above = headers.join(starts.select("line", form="parent"), on="form").drop("form").rename({"line": "form"})
    theirs = listed.join(above, on="form", how="left", maintain_order="left", suffix=" above")
    inherited = [
        name
        for name in above.columns
        if name not in ("form", "project_name", "project_code") and name in listed.columns
    ]
    theirs = theirs.with_columns(
        pl.coalesce(name, f"{name} above") for name in inherited if f"{name} above" in theirs.columns
    )
    return pl.concat([headers, theirs.select(~cs.ends_with(" above"))], how="diagonal_relaxed")


def identities(forms: pl.DataFrame) -> pl.DataFrame:
    """Part codes from names: project, unit and department; the attribute from its number prefix.

    Adds `project_code`, `project_name`, `unit_code`, `unit_name`, `department_code`, `department_name`,
    `project_attribute_raw`, `project_attribute` to a frame of `headers`.
    """
    name, code = pl.col("project_name"), pl.col("project_code").str.replace_all(_BLANKS, "")
    in_name = name.str.contains(CODE_BEFORE_NAME)
    forms = forms.with_columns(
        project_code=pl.when(code.is_null() & in_name).then(name.str.extract(CODE_BEFORE_NAME, 1)).otherwise(code),
        project_name=pl.when(in_name).then(name.str.extract(CODE_BEFORE_NAME, 2)).otherwise(_one_line(name)),
        project_attribute_raw=pl.col("attribute"),
        category_raw=pl.col("category"),
        department=pl.coalesce("department", "local_department").str.replace(_UNIT_BEHIND, ""),
        unit=pl.coalesce("unit", "reporting_unit").str.replace(_UNIT_BEHIND, ""),
        category=_ticked(forms.get_column("category")),
        project_attribute=_ticked(forms.get_column("attribute")).str.replace(r"^\s*\d{1,2}\s*[-—－.、]\s*", ""),
    )
    for column in ("unit", "department"):
        printed = pl.col(column)
        parted = forms.select(printed.drop_nulls().unique()).with_columns(
            pl.coalesce(printed.str.extract(_PREFIXED, 1), printed.str.extract(_BRACKETED, 1)).alias(f"{column}_code"),
            _one_line(
                pl.coalesce(printed.str.extract(_PREFIXED, 2), printed.str.extract(_BRACKETED, 2), printed)
            ).alias(f"{column}_name"),
        )
        forms = forms.join(parted, on=column, how="left", maintain_order="left")
    return forms


def _ticked(printed: pl.Series) -> pl.Series:
    """Return what is ticked where a form prints choices with boxes (新增项目□ 延续项目☑; NULL: none), else the text."""
    return replace_where(printed, printed.str.contains(_BOX), _tick)


def _tick(printed: pl.Series) -> pl.Series:
    plain = printed.str.replace_all(r"[(（\s]*" + _TICK + r"[)）\s]*", "√").str.replace_all(
        r"[(（\s]*" + _BOX + r"[)）\s]*", "□"
    )
    before, behind = plain.str.extract("√([^√□]+)", 1), plain.str.extract("([^√□]+)√", 1)
    return before.zip_with(plain.str.contains("^[√□]"), behind)


def _one_line(text: pl.Expr) -> pl.Expr:
    """Close the gap that a line break inside a cell leaves: Chinese has no blanks there."""
    return text.str.replace_all(r"\s*\n\s*", "")
