"""The lake through its public doors: what is committed is there, whole, and nothing else ever is."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from ingest import lake
from ingest.schema import LAKE, empty


def frames(years: dict[str, int | None], mark: str = "a") -> dict[str, pl.DataFrame]:
    """Return lake tables of documents (id → fiscal year), each with two lines that say `mark`."""
    tables = {table: empty(table) for table in LAKE}
    ids = list(years)
    tables["document"] = fill(
        "document", document_id=ids, fiscal_year=list(years.values()), code_version=[mark] * len(ids)
    )
    lines = [(document, number) for document in ids for number in (1, 2)]
    tables["source_line"] = fill(
        "source_line", document_id=[d for d, _ in lines], line_no=[n for _, n in lines], raw_text=[mark] * len(lines)
    )
    return tables


def fill(table: str, **columns: list[object]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame(
        [pl.Series(name, columns.get(name, [None] * height), dtype=kind) for name, kind in LAKE[table].items()]
    )


def add(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    writer = lake.Writer(folder)
    writer.add(tables, tables["document"].select("document_id", "fiscal_year"))
    writer.commit()


def lines(folder: Path) -> list[tuple[str, int, str, int | None]]:
    """Read source_line as dbt does: every file that lies there."""
    return duckdb.sql(
        f"select document_id, line_no, raw_text, fiscal_year from read_parquet('{folder}/source_line/*/*.parquet',"
        " hive_partitioning = true, hive_types = {'fiscal_year': integer}) order by all"
    ).fetchall()


def test_documents_accumulate_and_a_document_read_again_replaces_itself(tmp_path: Path) -> None:
    add(tmp_path, frames({"x": 2022, "y": 2023}))
    add(tmp_path, frames({"z": 2023}))
    add(tmp_path, frames({"y": 2023}, mark="b"))
    assert lines(tmp_path) == [
        ("x", 1, "a", 2022),
        ("x", 2, "a", 2022),
        ("y", 1, "b", 2023),
        ("y", 2, "b", 2023),
        ("z", 1, "a", 2023),
        ("z", 2, "a", 2023),
    ]
    assert lake.documents(tmp_path)["document_id"].to_list() == ["x", "y", "z"]
    assert lake.rows(tmp_path)["source_line"] == 6


def test_a_document_that_moves_to_another_year_leaves_the_first(tmp_path: Path) -> None:
    add(tmp_path, frames({"x": 2022}))
    add(tmp_path, frames({"x": 2023}))
    assert {row[3] for row in lines(tmp_path)} == {2023}


def test_a_document_of_no_year_is_read_with_none(tmp_path: Path) -> None:
    add(tmp_path, frames({"x": None}))
    assert lines(tmp_path) == [("x", 1, "a", None), ("x", 2, "a", None)]


def test_what_is_not_committed_is_swept_away(tmp_path: Path) -> None:
    add(tmp_path, frames({"x": 2022}))
    lake.Writer(tmp_path).add(
        frames({"x": 2022, "y": 2023}, mark="b"), pl.DataFrame({"document_id": ["x", "y"], "fiscal_year": [2022, 2023]})
    )
    assert lake.documents(tmp_path)["document_id"].to_list() == ["x"]
    lake.sweep(tmp_path)
    assert lines(tmp_path) == [("x", 1, "a", 2022), ("x", 2, "a", 2022)]


def test_slices_of_a_document_become_one_document(tmp_path: Path) -> None:
    whole = frames({"x": 2022})
    writer = lake.Writer(tmp_path)
    years = whole["document"].select("document_id", "fiscal_year")
    writer.add({**whole, "document": empty("document"), "source_line": whole["source_line"].head(1)}, years)
    writer.add({**whole, "source_line": whole["source_line"].tail(1)}, years)
    writer.commit()
    assert [row[1] for row in lines(tmp_path)] == [1, 2]
    assert lake.documents(tmp_path).height == 1
    add(tmp_path, frames({"x": 2022}, mark="b"))
    assert [row[2] for row in lines(tmp_path)] == ["b", "b"]


def test_many_small_documents_share_parts(tmp_path: Path) -> None:
    for number in range(40):
        add(tmp_path, frames({f"d{number:02}": 2023}))
    assert len(lake.parts(tmp_path)) <= lake.PARTS_A_YEAR + 1
    assert len(lines(tmp_path)) == 80


def test_the_same_documents_make_the_same_lake(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        add(tmp_path / folder, frames({"x": 2022, "y": 2023}))
    assert lake.parts(tmp_path / "one") == lake.parts(tmp_path / "two")


def test_a_frame_without_a_column_is_refused(tmp_path: Path) -> None:
    tables = frames({"x": 2022})
    tables["source_line"] = tables["source_line"].drop("disposition")
    with pytest.raises(ValueError, match="source_line"):
        add(tmp_path, tables)


def test_rows_of_a_strange_document_are_refused(tmp_path: Path) -> None:
    tables = frames({"x": 2022, "y": 2022})
    with pytest.raises(ValueError, match="2 rows belong to no document"):
        lake.Writer(tmp_path).add(
            {**tables, "document": tables["document"].head(1)},
            tables["document"].select("document_id", "fiscal_year").head(1),
        )


def test_every_table_can_be_read_before_it_has_a_row(tmp_path: Path) -> None:
    lake.sweep(tmp_path)
    for table in LAKE:
        assert duckdb.sql(f"select count(*) from '{tmp_path}/{table}/*/*.parquet'").fetchall() == [(0,)]


def test_blanks_are_written_once_and_again_where_they_are_damaged(tmp_path: Path) -> None:
    lake.sweep(tmp_path)
    blanks = {file: file.read_bytes() for file in tmp_path.rglob("*.parquet")}
    assert len(blanks) == len(LAKE)
    first, second, *_ = blanks
    before = first.stat().st_mtime_ns
    second.write_bytes(b"no Parquet")
    lake.sweep(tmp_path)
    assert first.stat().st_mtime_ns == before
    assert {file: file.read_bytes() for file in blanks} == blanks
