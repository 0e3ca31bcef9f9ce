"""Which administrative division a form belongs to: by its code, else by the names that it prints."""

from functools import cache
from pathlib import Path

import polars as pl

_TABLE = Path(__file__).parent / "reference" / "region.csv"
_DEPTH = {"province": 1, "prefecture": 2, "county": 3}


@cache
def table() -> pl.DataFrame:
    """Return the divisions of GB/T 2260: `region_code`, `region_name`, `province_name`, `level`, `parent_code`."""
    return pl.read_csv(_TABLE, schema_overrides={"region_code": pl.String, "parent_code": pl.String})


@cache
def _bearers() -> pl.DataFrame:
    """Return the divisions whose names are long enough to be told from other words, with their `depth`."""
    return (
        table()
        .filter((pl.col("region_name").str.len_chars() >= 3) | pl.col("region_name").str.ends_with("县"))
        .with_columns(pl.col("level").replace_strict(_DEPTH, default=3, return_dtype=pl.Int32).alias("depth"))
        # A county that gave its name to a prefecture (铜仁市, 毕节市) is no more.
        .filter((pl.col("depth") < 3) | ~(pl.col("depth") == 2).any().over("region_name", "province_name"))
    )


@cache
def _names() -> pl.Series:
    return _bearers().get_column("region_name").unique(maintain_order=True).implode()


def locate(texts: pl.Series) -> pl.DataFrame:
    """Return the deepest division that each text names without doubt.

    A name that several divisions bear (城关区) counts only where the text names one of their superiors too.

    Returns:
        `text`, `region_code`: one row a text that names a division.
    """
    distinct = texts.drop_nulls().unique().to_frame("text")
    if not distinct.height:
        return distinct.with_columns(region_code=pl.lit(None, pl.String))
    found = (
        distinct.with_columns(region_name=pl.col("text").str.extract_many(_names(), overlapping=True))
        .explode("region_name")
        .drop_nulls("region_name")
        .unique()
        .join(_bearers(), on="region_name")
    )
    if not found.height:
        return found.select("text", "region_code")
    return _without_doubt(found.lazy()).collect(engine="in-memory")


def _without_doubt(found: pl.LazyFrame) -> pl.LazyFrame:
    """Choose among the divisions whose names each text holds: `text`, `region_code`."""
    superior = found.select("text", parent_code="region_code").unique()
    backed = (
        pl.concat(
            [
                found.join(superior, on=["text", "parent_code"], how="semi"),
                found.join(
                    superior.with_columns(province=pl.col("parent_code").str.head(2)).filter(
                        pl.col("parent_code").str.ends_with("0000")
                    ),
                    left_on=["text", pl.col("region_code").str.head(2)],
                    right_on=["text", "province"],
                    how="semi",
                ).filter(pl.col("depth") > 1),
            ]
        )
        .select("text", "region_code", backed=pl.lit(value=True))
        .unique()
    )
    return (
        found.join(backed, on=["text", "region_code"], how="left")
        .with_columns(pl.col("backed").fill_null(value=False), bearers=pl.len().over("text", "region_name"))
        .with_columns(backing=pl.col("backed").any().over("text", "region_name"))
        .filter(pl.col("backed") | (~pl.col("backing") & (pl.col("bearers") == 1)))
        .sort(
            "text",
            "backed",
            "depth",
            pl.col("region_name").str.len_chars(),
            "region_code",
            descending=[False, True, True, True, False],
        )
        .unique("text", keep="first", maintain_order=True)
        .select("text", "region_code")
    )


def regions(forms: pl.DataFrame) -> pl.DataFrame:
    """Add `region_code` and `region_from` to forms.

    Args:
        forms: with `project_code`, `title`, `local_department`, `department_name`, `unit_name`, `folder_region`.

    Returns:
        The frame with `region_code` and `region_from` (code, title, office, department, unit, folder; NULL: nothing).
    """
    known = table().select(area="region_code")
    area = pl.col("project_code").str.head(6)
    forms = forms.with_columns(area=pl.when(area.is_in(known.get_column("area").implode())).then(area))
    sources = {"title": "title", "office": "local_department", "department": "department_name", "unit": "unit_name"}
    # A province's code on a county's form (Sichuan): the names within that province say more.
    vague = pl.col("area").str.ends_with("0000")
    # Where the code says it all, names are not searched for places.
    asked = forms.select(*sources.values(), asked=pl.col("area").is_null() | vague).filter("asked")
    places = locate(pl.concat([asked.get_column(column) for column in sources.values()]))
    for name, column in sources.items():
        here = places.rename({"text": column, "region_code": f"by_{name}"})
        forms = forms.join(here, on=column, how="left", maintain_order="left")
    for name in sources:
        inside = pl.col(f"by_{name}").str.head(2) == pl.col("area").str.head(2)
        forms = forms.with_columns(pl.when(vague & inside).then(f"by_{name}").alias(f"within_{name}"))
    order = [
        *((f"within_{name}", name) for name in sources),
        ("area", "code"),
        *((f"by_{name}", name) for name in sources),
        ("folder_region", "folder"),
    ]
    return forms.with_columns(
        region_code=pl.coalesce(column for column, _ in order),
        region_from=pl.coalesce(pl.when(pl.col(column).is_not_null()).then(pl.lit(name)) for column, name in order),
    ).drop("area", *(f"{kind}_{name}" for kind in ("by", "within") for name in sources))
