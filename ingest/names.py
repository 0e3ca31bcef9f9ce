"""What the names of folders and files say: the fiscal year and the day of publication."""

import polars as pl

_YEAR = "((?:199|20[0-9])[0-9])"
_DAYS = (
    rf"(?:^|[^0-9]){_YEAR}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?:[0-9]{{6}})?(?:[^0-9]|$)",
    rf"(?:^|[^0-9]){_YEAR} *[-_.年] *(0?[1-9]|1[0-2]) *[-_.月] *(0?[1-9]|[12][0-9]|3[01])(?:[^0-9]|$)",
)
"""A day, as publishing systems (t20230919_1.html) and people (2023-9-19, 2023年9月19日) write it into a file's name."""
_MONTH = rf"{_YEAR} *年 *(?:1[0-2]|0?[1-9]) *月"
_YEARS = (r"[0-9]+ *年度", r"[0-9]+ *年", r"[0-9]+")
"""Ways to write a fiscal year, the surest first."""
_CHINESE_YEAR = "二[〇零○][一二三四五六七八九〇零○]{2}年"
_CHINESE_DIGITS = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))


def fiscal_years(file_names: pl.Series) -> pl.DataFrame:
    """Return `fiscal_year` and `fiscal_year_from` (folder, file_name; both NULL where no name says a year), a row a name.

    The outermost folder that is nothing but a year wins, then any folder that names one, then the file's name. A name
    with two different years (2023-2025规划) says none.
    """
    plain = file_names.to_frame("path").select(plain=pl.col("path").str.normalize("NFKC"))
    split = plain.select(parts=arabic(pl.col("plain")).str.replace_all("!", "/").str.split("/"))
    part, all_but_last = pl.col("parts").list, pl.col("parts").list.len() - 1
    split = split.select(folder=part.slice(0, all_but_last).list.join("/"), name=part.last())
    named = split.select(pl.col("folder").unique())  # a folder holds many files
    year = pl.element().filter(pl.element().str.contains(rf"^{_YEAR}(?: *年度?)?$"))
    pure = named.get_column("folder").str.split("/").list.eval(year).list.first()
    named = named.with_columns(a_year=_only_year(pure), any_year=_only_year(named.get_column("folder")))
    found = split.join(named, on="folder", how="left", maintain_order="left")
    folder, name = pl.coalesce("a_year", "any_year"), pl.col("name")
    return found.with_columns(_only_year(found.get_column("name")).alias("name")).select(
        fiscal_year=pl.coalesce(folder, name).cast(pl.Int32),
        fiscal_year_from=pl.when(folder.is_not_null())
        .then(pl.lit("folder"))
        .when(name.is_not_null())
        .then(pl.lit("file_name")),
    )


def published_on(file_name: pl.Expr) -> pl.Expr:
    """Return the day that a file's name says, as `published_on`; NULL where it says none."""
    name = file_name.str.normalize("NFKC").str.split("/").list.last()
    days = [
        pl.concat_str([name.str.extract(day, group) for group in (1, 2, 3)], separator="-").str.to_date(
            "%Y-%m-%d", strict=False
        )
        for day in _DAYS
    ]
    return pl.coalesce(days).alias("published_on")


def arabic(text: pl.Expr) -> pl.Expr:
    """Return a text with the year that it writes in Chinese (二〇二三年) in digits behind it."""
    year = text.str.extract(f"({_CHINESE_YEAR})", 1)
    return (
        pl.when(year.is_null())
        .then(text)
        .otherwise(pl.concat_str(text, pl.lit(" "), year.str.replace_many(_CHINESE_DIGITS), ignore_nulls=True))
    )


def _only_year(texts: pl.Series) -> pl.Series:
    """Return the one year that each text names, in the surest way of writing that it uses."""
    at = texts.str.contains(_YEAR).arg_true()
    dated = texts.gather(at)
    for pattern in (*_DAYS, _MONTH):
        dated = dated.str.replace_all(pattern, " ")
    year = pl.element().str.extract(rf"^{_YEAR}(?:[^0-9]|$)", 1)
    named = [dated.str.extract_all(pattern).list.eval(year).list.drop_nulls().list.unique() for pattern in _YEARS]
    surest = pl.select(years=pl.coalesce(pl.when(years.list.len() > 0).then(years) for years in named))
    one = surest.select(pl.when(pl.col("years").list.len() == 1).then(pl.col("years").list.first())).to_series()
    return pl.Series([None], dtype=pl.String).new_from_index(0, len(texts)).scatter(at, one)
