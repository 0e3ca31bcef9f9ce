"""PostgreSQL as the contract for BI tools: what is published there, who may read it, and what readers see meanwhile."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import psycopg
import pytest
import sqlalchemy

from orchestration import postgres, release
from orchestration.home import Home
from orchestration.postgres import views
from orchestration.release import Release
from orchestration.trouble import Trouble
from tests.conftest import run_jixiao
from tests.serving.conftest import variant


def ask(url: str, question: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()


def schemas(url: str) -> set[str]:
    """Return the schemas that hold a release."""
    return {name for (name,) in ask(url, "select nspname from pg_namespace where nspname like 'jixiao_%'")}


def test_every_table_is_there_row_for_row(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    with duckdb.connect(str(released.database), read_only=True) as connection:
        found = connection.sql("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        tables = [name for (name,) in found]
        for table in tables:
            columns = [column[0] for column in connection.execute(f"from marts.{table} limit 0").description]
            listed = ", ".join(columns)
            expected = connection.execute(f"select {listed} from marts.{table}").fetchall()
            found = ask(postgres_url, f"select {listed} from marts.{table}")
            assert sorted(map(repr, found)) == sorted(map(repr, expected)), table
    assert len(tables) > 20


def test_every_mart_says_its_release(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    views = ask(postgres_url, "select viewname from pg_views where schemaname = 'marts'")
    for (view,) in views:
        found = ask(postgres_url, f"select distinct release_id from marts.{view}")
        assert found in ([(released.release_id,)], []), view  # an empty table has no row to say it


def test_comments_are_bilingual(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    without = ask(
        postgres_url,
        "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'marts' and c.relkind = 'v' and a.attnum > 0"
        " and a.attname <> 'release_id' and coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥]'",
    )
    assert without == []
    tables = ask(
        postgres_url,
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'marts'"
        " and coalesce(obj_description(c.oid), '') !~ '[A-Za-z].*[一-龥]'",
    )
    assert tables == []


def test_keys_and_indexes(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    keyless = ask(
        postgres_url,
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where nspname like 'jixiao_%' and relkind = 'r'"
        " and not exists (select from pg_constraint where conrelid = c.oid and contype = 'p')",
    )
    # The grain of these holds a column that may be NULL (a fiscal year or a place nobody printed), which no primary key may.
    assert {name for (name,) in keyless} == {
        "agg_indicator_target",
        "agg_project_funding",
        "agg_quality_finding",
        "agg_target_change",
        "fct_budget_execution",
        "fct_indicator_change",
        "quarantine",
        "table_profile",
    }
    references = ask(
        postgres_url,
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'",
    )
    pairs = {tuple(name.rpartition(".")[2].strip('"') for name in pair) for pair in references}
    assert ("fct_indicator_target", "fct_declaration") in pairs
    assert ("fct_declaration", "dim_document") in pairs


def test_the_reader_reads_and_nothing_else(home: Home, released: Release, postgres_url: str) -> None:
    postgres.publish(home, released)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("drop role if exists analyst")
        connection.execute(f"create role analyst login in role {postgres.READER}")
    analyst = postgres_url.replace("postgres@", "analyst@")
    engine = sqlalchemy.create_engine(analyst.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select count(*) from marts.fct_declaration")).scalar() == 75
    engine.dispose()
    for forbidden in (
        "delete from marts.fct_declaration",
        "update marts.release set release_id = 'x'",
        "drop view marts.release",
        "create table marts.mine (a integer)",
        f"select from {postgres.schema_of(released)}.release",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(analyst, forbidden)


def test_a_failed_publication_leaves_the_views(
    home: Home, released: Release, postgres_url: str, tmp_path: Path
) -> None:
    postgres.publish(home, released)
    broken = variant(released, tmp_path, 1)
    with duckdb.connect(str(broken.database)) as connection:
        connection.execute("insert into marts.fct_project_funding select * from marts.fct_project_funding limit 1")
    with pytest.raises(Trouble, match="fct_project_funding"):
        postgres.publish(home, broken)
    assert ask(postgres_url, "select release_id from marts.release") == [(released.release_id,)]
    assert len(schemas(postgres_url)) == 1, "nothing half loaded stays"
    with pytest.raises(Trouble) as raised:
        postgres.publish(home, broken)
    assert "视图" in str(raised.value)


def test_an_unreachable_server_is_said(home: Home, released: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_POSTGRES_URL", "postgresql://someone:secret-word@127.0.0.1:1/nowhere")
    with pytest.raises(Trouble) as raised:
        postgres.publish(home, released)
    assert "JIXIAO_POSTGRES_URL" in str(raised.value)
    assert "secret-word" not in str(raised.value)


def test_two_generations_stay_and_rollback_needs_no_load(
    home: Home, released: Release, postgres_url: str, tmp_path: Path
) -> None:
    generations = [released, *(variant(released, tmp_path, number) for number in (1, 2))]
    for generation in generations:
        postgres.publish(home, generation)
    assert schemas(postgres_url) == {postgres.schema_of(generation) for generation in generations[1:]}
    postgres.publish(home, generations[1])
    assert ask(postgres_url, "select release_id from marts.release") == [(generations[1].release_id,)]


def test_views_that_people_built_live_on(home: Home, released: Release, postgres_url: str, tmp_path: Path) -> None:
    postgres.publish(home, released)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("create view public.mine as select sum(total_yuan) as total from marts.fct_declaration")
    postgres.publish(home, variant(released, tmp_path, 1))
    assert ask(postgres_url, "select total from public.mine") == [(75,)]


def test_a_changed_shape_is_published(home: Home, released: Release, postgres_url: str, tmp_path: Path) -> None:
    postgres.publish(home, released)
    changed = variant(released, tmp_path, 1)
    with duckdb.connect(str(changed.database)) as connection:
        connection.execute("alter table marts.dim_region drop column level")
        connection.execute("alter table marts.dim_measure_unit alter factor type varchar")
        connection.execute("drop table marts.project_link_candidate")
    postgres.publish(home, changed)
    views = {name for (name,) in ask(postgres_url, "select viewname from pg_views where schemaname = 'marts'")}
    assert "project_link_candidate" not in views
    assert "dim_region" in views


def test_text_with_a_nul_is_published(home: Home, released: Release, postgres_url: str, tmp_path: Path) -> None:
    odd = variant(released, tmp_path, 1)
    with duckdb.connect(str(odd.database)) as connection:
        connection.execute("update marts.source_line set raw_text = 'a' || chr(0) || 'b' where disposition = 'title'")
    postgres.publish(home, odd)
    assert set(ask(postgres_url, "select raw_text from marts.source_line where disposition = 'title'")) == {("a␀b",)}


def test_the_switch_waits_for_a_reader_with_an_older_snapshot(
    home: Home, released: Release, postgres_url: str, tmp_path: Path
) -> None:
    postgres.publish(home, released)
    newer = variant(released, tmp_path, 1)
    with psycopg.connect(postgres_url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select 1")  # the snapshot is taken, no view has been touched yet
        publishing = threading.Thread(target=postgres.publish, args=(home, newer))
        publishing.start()
        _until(lambda: postgres.schema_of(newer) in schemas(postgres_url))
        time.sleep(0.5)
        assert reader.execute("select count(*) from marts.fct_declaration").fetchall() == [(75,)]
        assert reader.execute("select release_id from marts.release").fetchall() == [(released.release_id,)]
    publishing.join(30)
    assert ask(postgres_url, "select release_id from marts.release") == [(newer.release_id,)]


def test_a_reader_who_never_leaves_is_named(
    home: Home, released: Release, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.5)
    postgres.publish(home, released)
    with psycopg.connect(postgres_url, application_name="forgotten") as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select count(*) from marts.fct_declaration")
        with pytest.raises(Trouble, match="forgotten"):
            postgres.publish(home, variant(released, tmp_path, 1))
    assert ask(postgres_url, "select release_id from marts.release") == [(released.release_id,)]


def test_eight_readers_and_twenty_publications(
    home: Home, released: Release, postgres_url: str, tmp_path: Path
) -> None:
    tables = {"release", "fct_declaration", "fct_indicator_target"}
    tables |= {"dim_document", "dim_fiscal_year", "dim_indicator_category"}
    generations = [variant(released, tmp_path, number, tables) for number in range(20)]
    postgres.publish(home, generations[0])
    stop, mixed, seen = threading.Event(), [], set()
    dashboard = {
        "told": "select release_id from marts.release",
        "money": "select release_id, total_yuan::integer, count(*) from marts.fct_declaration group by 1, 2",
        "targets": "select release_id, count(*) from marts.fct_indicator_target group by 1",
    }

    def read() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not stop.is_set():
                with connection.transaction():
                    questions = random.sample(sorted(dashboard), 3)
                    answers = {name: connection.execute(dashboard[name]).fetchall() for name in questions}
                release_id = answers["told"][0][0]
                number = int(release_id.rpartition("-")[2])
                expected = {
                    "told": [(release_id,)],
                    "money": [(release_id, number, 75)],
                    "targets": [(release_id, 720)],
                }
                if answers != expected:
                    mixed.append(answers)
                seen.add(release_id)
                time.sleep(0.01)

    readers = [threading.Thread(target=_noting(read, mixed)) for _ in range(8)]
    for reader in readers:
        reader.start()
    for generation in generations[1:]:
        postgres.publish(home, generation)
    stop.set()
    for reader in readers:
        reader.join(30)
    assert mixed == []
    assert len(seen) > 10, "the readers were there while the releases changed"


def test_a_load_that_finds_nothing_new_still_publishes_what_is_missing(
    home: Home, released: Release, postgres_url: str
) -> None:
    landing = home.root.parent / "landing"
    loaded = run_jixiao("load", "--source", landing, home=home.root, JIXIAO_POSTGRES_URL=postgres_url)
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    assert ask(postgres_url, "select release_id from marts.release") == [(released.release_id,)]


def test_a_server_that_is_away_fails_the_load_in_plain_words(home: Home, released: Release) -> None:
    away = "postgresql://someone:secret-word@127.0.0.1:1/nowhere"
    landing = home.root.parent / "landing"
    loaded = run_jixiao("load", "--source", landing, home=home.root, JIXIAO_POSTGRES_URL=away)
    said = loaded.stdout + loaded.stderr
    assert loaded.returncode == 1
    assert "JIXIAO_POSTGRES_URL" in said
    assert "PostgreSQL" in said
    assert "Traceback" not in said
    assert "secret-word" not in said
    assert release.require_current(home) == released


def _noting(read: Callable[[], None], errors: list) -> Callable[[], None]:
    def run() -> None:
        try:
            read()
        except Exception as error:
            errors.append(error)

    return run


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
