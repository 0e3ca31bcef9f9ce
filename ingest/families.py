"""Which family a form is of: profiles/families.yml, most telling first."""

from functools import cache
from typing import Any

import polars as pl

from ingest import lexicon
from ingest.structure import bits


@cache
def families() -> dict[str, dict[str, Any]]:
    """Return profiles/families.yml."""
    return lexicon.load("families")


def title_marks(title: pl.Expr) -> pl.Expr:
    """Return a bit mask of the families whose title a form's title (without blanks) is; asked once a distinct title."""
    return pl.sum_horizontal(
        title.str.contains(marks["title"]).fill_null(value=False).cast(pl.UInt64) * (1 << number)
        for number, marks in enumerate(families().values())
        if "title" in marks
    )


def recognise(titled: pl.Expr, roles: pl.Expr, listed: pl.Expr, whole: pl.Expr) -> list[pl.Expr]:
    """Return the expressions `family`, `form_type`, `names_project` and `refusal` (NULL: the form is read).

    Args:
        titled: what `title_marks` says of the form's title.
        roles: bit mask of the roles that stand in the form.
        listed: whether the form is a row of a list of many projects.
        whole: whether every row of its indicator table was read.
    """
    names = families()
    chosen = pl.coalesce(
        pl.when(_marks(marks, titled & (1 << number), roles, listed)).then(pl.lit(name))
        for number, (name, marks) in enumerate(names.items())
    )
    types = {name: marks["form_type"] for name, marks in names.items()}
    always = {name: marks.get("refuse") for name, marks in names.items()}
    broken = {name: marks.get("refuse_unless_whole") for name, marks in names.items()}
    return [
        chosen.alias("family"),
        chosen.replace_strict(types, return_dtype=pl.String).alias("form_type"),
        (~chosen.is_in([name for name, marks in names.items() if not marks.get("names_project", True)])).alias(
            "names_project"
        ),
        pl.coalesce(
            chosen.replace_strict(always, return_dtype=pl.String),
            pl.when(~whole).then(chosen.replace_strict(broken, return_dtype=pl.String)),
        ).alias("refusal"),
    ]


def _marks(marks: dict[str, Any], titled: pl.Expr, roles: pl.Expr, listed: pl.Expr) -> pl.Expr:
    tests = [pl.lit(value=True)]
    if "title" in marks:
        tests.append((titled != 0).fill_null(value=False))
    if "list" in marks:
        tests.append(listed)
    if "any" in marks:
        tests.append((roles & bits(*marks["any"])) != 0)
    if "all" in marks:
        tests.append((roles & bits(*marks["all"])) == bits(*marks["all"]))
    if "none" in marks:
        tests.append((roles & bits(*marks["none"])) == 0)
    return pl.all_horizontal(tests)
