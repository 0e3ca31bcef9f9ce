"""Years of a city's declarations as a lake, with what changes between years: projects come and go, are renamed and moved,
targets are loosened and indicators reworded.

One year of text is made (benchmarks.generate) and read by ingest; the other years and places are that one, moved. So a
lake of a million declarations takes minutes, and what is measured on it is not the reading.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.generate import forms
from ingest import batches, documents, lake

YEAR = 2023
"""The year of the forms that are moved."""
FORMS_A_DOCUMENT = 1000
PLACES = ("450200", "450100", "450300")
Frames = dict[str, pl.DataFrame]


def read_once(count: int, seed: int = 1) -> Frames:
    """Return the lake's frames of `count` varied forms of one year and place."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / str(YEAR)
        landing.mkdir()
        texts = list(forms(count, seed=seed))
        for start in range(0, count, FORMS_A_DOCUMENT):
            (landing / f"{start:07}.txt").write_text("".join(texts[start : start + FORMS_A_DOCUMENT]), "utf-8")
        read = [batch.frames for batch in batches.frames(documents.scan(landing.parent), "benchmark")]
    return {table: pl.concat([frames[table] for frames in read]) for table in read[0]}


def moved(frames: Frames, year: int, place: str) -> Frames:
    """Return `frames` as another place would have declared them in another year."""
    rest = {table: _moved(frame, year, place) for table, frame in frames.items()}
    gone = rest["form"].filter(_chance("project_code", year, 20)).select("document_id", "form_no")
    rest = {
        table: frame.join(gone, on=["document_id", "form_no"], how="anti") if "form_no" in frame.columns else frame
        for table, frame in rest.items()
        if table != "source_line"
    } | {"source_line": rest["source_line"]}
    rest["form"] = rest["form"].with_columns(
        project_name=_sometimes(pl.col("project_name") + "（续）", "project_name", year, 25),
        department_name=_sometimes(pl.lit("柳州市新设局"), "department_name", year, 50, by="project_code"),
    )
    loosened = _chance("value_raw", year, 10) & (pl.col("target_kind") == "numeric") & (pl.col("target_value") > 1)
    rest["indicator"] = (
        rest["indicator"]
        .with_columns(
            content=_sometimes(pl.col("content") + "情况", "content", year, 25),
            target_value=pl.when(loosened).then(pl.col("target_value") - 1).otherwise("target_value"),
            base_value=pl.when(loosened).then(pl.col("base_value") - 1).otherwise("base_value"),
            value_raw=pl.when(loosened).then(pl.col("value_raw") + "以上").otherwise("value_raw"),
        )
        .cast({"target_value": pl.Decimal(24, 6), "base_value": pl.Decimal(24, 6)})
    )
    return rest


def write(folder: Path, frames: Frames) -> None:
    """Add `frames` to the lake in `folder`."""
    writer = lake.Writer(folder)
    writer.add(frames, frames["document"].select("document_id", "fiscal_year"))
    writer.commit()


def years(declarations: int, count: int) -> Iterator[tuple[int, list[Frames]]]:
    """Yield the last `count` years, of `declarations` in all, each with the frames of its places (three from 500,000 on)."""
    places = PLACES if declarations >= 500_000 else PLACES[:1]
    once = read_once(declarations // count // len(places))
    for year in range(YEAR - count + 1, YEAR + 1):
        yield year, [moved(once, year, place) for place in places]


def _moved(frame: pl.DataFrame, year: int, place: str) -> pl.DataFrame:
    changes = {
        "document_id": pl.lit(f"{year}{place}") + pl.col("document_id").str.slice(10),
        "fiscal_year": pl.lit(year, pl.Int32),
        "project_code": pl.lit(place) + pl.col("project_code").str.slice(6),
        "region_code": pl.lit(place),
        "file_name": pl.lit(f"{year}/{place}-") + pl.col("file_name").str.split("/").list.last(),
        "starts_on": pl.col("starts_on").dt.offset_by(f"{year - YEAR}y"),
        "due_on": pl.col("due_on").dt.offset_by(f"{year - YEAR}y"),
    }
    return frame.with_columns(**{name: change for name, change in changes.items() if name in frame.columns})


def _chance(column: str, year: int, one_in: int) -> pl.Expr:
    """True once in so many values, others in each year."""
    return (pl.col(column).hash(seed=year) % one_in == 0).fill_null(value=False)


def _sometimes(changed: pl.Expr, column: str, year: int, one_in: int, by: str | None = None) -> pl.Expr:
    return pl.when(_chance(by or column, year, one_in)).then(changed).otherwise(column)
