"""Releases through their public doors, and what is left when a publication is killed at any of its steps."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration import compare, damage, release
from orchestration.home import Home
from orchestration.trouble import Trouble

R = [f"2026010{day}T000000Z-00000000" for day in range(10)]
"""Names of releases, one later than the other."""


def build(home: Home, rows: int, version: str = release.STORAGE_VERSION) -> None:
    """Make a warehouse under construction with `rows` declarations."""
    home.warehouse.mkdir(parents=True, exist_ok=True)
    home.database.unlink(missing_ok=True)
    with duckdb.connect(str(home.database), config={"storage_compatibility_version": version}) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_declaration"
            " (declaration_key varchar primary key, fiscal_year integer, total_yuan decimal(18, 2))"
        )
        connection.execute("comment on table marts.fct_declaration is 'One row a declaration. 一行一份申报''表'''")
        connection.execute("comment on column marts.fct_declaration.total_yuan is 'Yuan 元'")
        connection.execute(
            "insert into marts.fct_declaration select 'k' || i, 2020 + i % 2, i * 10 from range(?) as t(i)", [rows]
        )


def publish(home: Home, rows: int, release_id: str) -> release.Release:
    build(home, rows)
    return seal(home, rows, release_id)


def seal(home: Home, rows: int, release_id: str) -> release.Release:
    return release.publish(
        home, release.write(home, release_id), {"key": release_id, "rows": {"fct_declaration": rows}}
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


def test_a_release_holds_database_parquet_and_checksums(home: Home) -> None:
    published = publish(home, 5, R[1])
    assert release.current(home) == published
    with duckdb.connect(str(published.database), read_only=True) as connection:
        assert connection.execute("select sum(total_yuan) from marts.fct_declaration").fetchall() == [(100,)]
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
        comment = connection.execute("select comment from duckdb_tables()").fetchall()
    assert tags[0][0].startswith("v1.5"), "clients of DuckDB 1.x cannot open it"
    assert comment == [("One row a declaration. 一行一份申报'表'",)]
    parquet = published.folder / "parquet" / "fct_declaration.parquet"
    assert duckdb.sql(f"select count(*) from '{parquet}'").fetchall() == [(5,)]
    assert set(published.manifest["files"]) == {"warehouse.duckdb", "parquet/fct_declaration.parquet"}
    assert release.verify(published) == []


def test_a_database_that_clients_cannot_open_is_not_released(home: Home) -> None:
    build(home, 5, version="v2.0.0")
    with pytest.raises(Trouble, match="storage version v2"):
        release.write(home, R[1])


def test_rows_of_the_publication_stand_in_database_and_parquet(home: Home) -> None:
    build(home, 1)
    more = pl.DataFrame(
        {"declaration_key": ["new"], "total_yuan": [None]},
        {"declaration_key": pl.String, "total_yuan": pl.Decimal(18, 2)},
    )
    release.fill(home, {"fct_declaration": more})
    aside = release.write(home, R[1])
    for where in (f"'{aside / 'parquet' / 'fct_declaration.parquet'}'", "built.marts.fct_declaration"):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{aside / 'warehouse.duckdb'}' as built (read_only)")
            keys = connection.execute(f"select declaration_key from {where} order by all").fetchall()
            assert keys == [("new",)]


def test_a_changed_file_is_noticed(home: Home) -> None:
    published = publish(home, 5, R[1])
    with published.database.open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    (published.folder / "extra").touch()
    assert release.verify(published) == ["extra", "warehouse.duckdb"]


def test_rollback_goes_back_and_refuses_what_is_damaged(home: Home) -> None:
    first, second, third = (publish(home, rows, R[rows]) for rows in (1, 2, 3))
    assert release.rollback(home, None) == second
    assert release.rollback(home, None) == first
    with pytest.raises(Trouble, match="no earlier release"):
        release.rollback(home, None)
    assert release.rollback(home, R[3]) == third
    with pytest.raises(Trouble, match=f"no release {R[9]}"):
        release.rollback(home, R[9])
    (second.folder / "parquet" / "fct_declaration.parquet").unlink()
    with pytest.raises(Trouble, match="damaged"):
        release.rollback(home, R[2])
    assert release.current(home) == third


def test_what_is_no_release_is_left_alone(home: Home) -> None:
    """lost+found lies where a disk is mounted, and people leave notes."""
    first = publish(home, 1, R[1])
    (home.releases / "lost+found").mkdir()
    (home.releases / "notes.txt").write_text("是谁放在这里的？", "utf-8")
    assert release.new_id(home, "0" * 64).endswith("-00000000")
    second = publish(home, 2, R[2])
    assert release.kept(home) == [second, first]
    assert list(damage.find(home)) == []


def test_a_reader_keeps_the_release_it_has_opened(home: Home) -> None:
    publish(home, 5, R[1])
    with duckdb.connect(str(home.current.resolve() / "warehouse.duckdb"), read_only=True) as reader:
        publish(home, 7, R[2])
        assert reader.execute("select count(*) from marts.fct_declaration").fetchall() == [(5,)]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_release import R, publish, Home
steps = iter(range({steps}))
def dying(real):
    def step(*args, **kwargs):
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return step
os.fsync = dying(os.fsync)
Path.rename = dying(Path.rename)
os.rename = dying(os.rename)
publish(Home.at({home!r}), 9, R[2])
"""


@pytest.mark.parametrize("steps", [0, 1, 3, 4, 5, 6, 7, 8, 9, 10])
def test_killed_while_it_publishes_the_last_release_stays_and_the_next_works(home: Home, steps: int) -> None:
    publish(home, 5, R[1])
    code = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent), steps=steps, home=str(home.root))
    killed = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2])
    served = release.current(home)
    assert served is not None
    assert release.verify(served) == []
    if killed.returncode:
        assert killed.returncode == -9
        assert served.release_id == (R[1] if os.readlink(home.current).endswith(R[1]) else R[2])
    with home.lock():  # the killed one's lock is gone
        release.sweep(home)
    assert publish(home, 6, R[3]) == release.current(home)
    assert not list(home.releases.glob(".*"))


def test_what_changed_is_counted_by_key_and_summed_by_year(home: Home, tmp_path: Path) -> None:
    first = publish(home, 4, R[1])
    build(home, 5)
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("delete from marts.fct_declaration where declaration_key = 'k0'")
        connection.execute("update marts.fct_declaration set total_yuan = 99 where declaration_key = 'k1'")
        connection.execute("create table marts.dim_new (a integer)")
        connection.execute("alter table marts.fct_declaration add column goal varchar")
    second = release.publish(home, release.write(home, R[2]), {})
    changes = compare.releases(first.database, second.database)
    assert changes["tables_added"] == ["dim_new"]
    table = changes["tables"]["fct_declaration"]
    assert (table["rows_before"], table["rows_after"]) == (4, 4)
    assert (table["rows_added"], table["rows_removed"], table["rows_changed"]) == (1, 1, 1)
    assert table["columns_added"] == ["goal"]
    assert [(s["fiscal_year"], s["before"], s["after"]) for s in table["sums_by_year"]] == [
        (2020, 20, 60),
        (2021, 40, 129),
    ]
    assert compare.releases(second.database, second.database)["tables"] == {}


def test_one_change_in_an_even_number_of_rows_is_seen(tmp_path: Path) -> None:
    for name, said in (("before", "passed"), ("after", "hit")):
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                "create table marts.fct_rule_outcome as select i::varchar as declaration_key, 2025 as fiscal_year,"
                " if(i < 2, ?, 'passed') as outcome from range(9) as t(i)",
                [said],
            )
    changes = compare.releases(tmp_path / "before", tmp_path / "after", {"fct_rule_outcome": ["declaration_key"]})
    assert changes["tables"]["fct_rule_outcome"]["rows_changed"] == 2
