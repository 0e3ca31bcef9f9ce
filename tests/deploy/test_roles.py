"""deploy/roles.sql on a real PostgreSQL: each role has what it needs, and no more."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.serving.conftest import postgres_server

__all__ = ["postgres_server"]
ROLES = Path(__file__).parents[2] / "deploy" / "roles.sql"


@pytest.fixture
def server(postgres_server: str, tmp_path: Path) -> Iterator[str]:
    """The server with the roles, and one release published by the publisher as it publishes them."""
    secrets = {"JIXIAO_DAGSTER_PASSWORD": "d'quoted #1", "JIXIAO_PUBLISHER_PASSWORD": "p"}
    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", ROLES, f"{postgres_server}/postgres"]
    subprocess.run(command, env={"PATH": "/usr/bin:/bin", **secrets}, check=True, capture_output=True)
    try:
        with psycopg.connect(address(postgres_server, "jixiao_publisher", "jixiao")) as connection:
            connection.execute("create schema aside; create table aside.t as select 1 as a")
            connection.execute("create schema marts; create view marts.t as select * from aside.t")
            connection.execute("grant usage on schema marts to jixiao_reader; grant select on marts.t to jixiao_reader")
        with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
            connection.execute("create role reader login in role jixiao_reader")
        yield postgres_server
    finally:
        with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
            for database in ("jixiao", "jixiao_dagster"):
                connection.execute(f"drop database if exists {database} with (force)")
            for role in ("reader", "jixiao_reader", "jixiao_publisher", "jixiao_dagster"):
                connection.execute(f"drop role if exists {role}")


def address(server: str, role: str, database: str) -> str:
    return f"{server.replace('postgres@', f'{role}@')}/{database}"


def test_a_reader_reads_the_views_and_nothing_else(server: str) -> None:
    with psycopg.connect(address(server, "reader", "jixiao"), autocommit=True) as connection:
        assert connection.execute("select a from marts.t").fetchall() == [(1,)]
        for refused in (
            "insert into marts.t values (2)",
            "select * from aside.t",
            "create table marts.x (a int)",
            "create table public.x (a int)",
            "create temporary table x (a int)",
            "create schema x",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def test_the_publisher_makes_no_roles_and_no_databases(server: str) -> None:
    with psycopg.connect(address(server, "jixiao_publisher", "jixiao"), autocommit=True) as connection:
        for refused in ("create role x", "create database x", "copy aside.t to program 'true'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


@pytest.mark.parametrize("role", ["reader", "jixiao_publisher"])
def test_dagsters_history_is_its_own(server: str, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(address(server, role, "jixiao_dagster"))
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(address(server, "jixiao_dagster", "jixiao"))
