"""What the engine spark is made of, as far as it can be shown without Spark."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ingest import arrow, batches, documents, lake
from ingest.schema import LAKE
from orchestration.engines import handover
from orchestration.home import SAMPLE
from tests.conftest import run_jixiao
from tests.dbt.checksums import checksums


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="the group spark is installed")
def test_without_the_group_the_command_says_what_to_install(tmp_path: Path) -> None:
    done = run_jixiao("load", "--engine", "spark", home=tmp_path / "home")
    assert done.returncode == 1
    assert "uv run --group spark jixiao load --engine spark" in done.stderr
    assert not (tmp_path / "home" / "current").exists()


def test_documents_that_travel_as_arrow_become_the_same_lake(tmp_path: Path) -> None:
    found = documents.scan(SAMPLE)
    here = lake.Writer(tmp_path / "here")
    for batch in batches.frames(found, "code"):
        here.add(batch.frames, batch.years)
    here.commit()
    answers = arrow.parse(arrow.table(found).to_batches(), str(tmp_path / "there"), "code", None)
    there = lake.Writer(tmp_path / "there")
    there.adopt(lake.Part.from_json(part) for answer in answers for part in answer.column("part").to_pylist())
    assert lake.parts(tmp_path / "there") == []  # written, and not yet counted
    there.commit()
    assert lake.parts(tmp_path / "there") == lake.parts(tmp_path / "here")
    for table in LAKE:
        assert _content(tmp_path / "there", table).equals(_content(tmp_path / "here", table))


def _content(folder: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(folder / table / "*/*.parquet", hive_partitioning=False)


@pytest.fixture
def parquet(sample_home: Path, tmp_path: Path) -> Path:
    """The sample's public tables as Spark leaves them: a folder each."""
    for file in (sample_home / "current" / "parquet").glob("*.parquet"):
        (tmp_path / file.stem).mkdir()
        shutil.copy(file, tmp_path / file.stem / "part-0.parquet")
    return tmp_path


def _manifest(home: Path) -> dict:
    return json.loads((home / "warehouse" / "manifest.json").read_text("utf-8"))


def test_what_is_handed_over_is_what_duckdb_would_have_built(sample_home: Path, parquet: Path) -> None:
    built, database = sample_home / "current" / "warehouse.duckdb", parquet / "handed.duckdb"
    handover.write(_manifest(sample_home), parquet, database)
    assert checksums(database) == checksums(built)
    assert _catalogue(database) == _catalogue(built)


def _catalogue(database: Path) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns()"
            " where schema_name = 'marts' union all select table_name, null, null, null, comment from duckdb_tables()"
            " where schema_name = 'marts' order by all"
        ).fetchall()


def test_a_table_that_breaks_its_contract_is_not_handed_over(sample_home: Path, parquet: Path) -> None:
    part = parquet / "fct_declaration" / "part-0.parquet"
    pl.read_parquet(part).with_columns(declaration_key=pl.lit(None, pl.String)).write_parquet(part)
    with pytest.raises(Exception, match="fct_declaration breaks its contract"):
        handover.write(_manifest(sample_home), parquet, parquet / "handed.duckdb")
