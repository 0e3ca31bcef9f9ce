"""A home with releases that have been built by the real models, and a PostgreSQL server of the tests' own."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from orchestration import release
from orchestration.explorer import app
from orchestration.home import SAMPLE, Home
from orchestration.release import Release
from tests.conftest import run_jixiao

SAMPLE_TEXT = SAMPLE / "2023" / "liuzhou-2023.txt"
LOOSENED = 3
"""Targets that the year 2024 loosens."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one release of three years: the sample, the year before, and a year after with known changes."""
    folder = tmp_path_factory.mktemp("serving")
    text = SAMPLE_TEXT.read_text("utf-8")
    before = text.replace("2022年", "2021年").replace("2023年", "2022年")
    after = text.replace("2023年", "2024年").replace("≥90%", "≥80%", LOOSENED)
    for year, content in ((2022, before), (2023, text), (2024, after)):
        landed = folder / "landing" / str(year) / f"liuzhou-{year}.txt"
        landed.parent.mkdir(parents=True)
        landed.write_text(content, "utf-8")
    home = Home.at(folder / "home")
    loaded = run_jixiao("load", "--source", folder / "landing", home=home.root)
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    return home


@pytest.fixture
def released(home: Home) -> Release:
    """The release that `home` serves."""
    return release.require_current(home)


@pytest.fixture
def client(home: Home) -> TestClient:
    """A Chinese reader of the explorer."""
    return TestClient(app.build(home), base_url="http://127.0.0.1", headers={"Accept-Language": "zh-CN"})


@pytest.fixture
def marts(released: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(released.database), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def variant(base: Release, folder: Path, number: int, tables: set[str] | None = None) -> Release:
    """Return a copy of `base` (or of some `tables`) under another id; every declaration's total is `number`."""
    copy = folder / f"20260101T0000{number:02d}Z-{number:08d}"
    copy.mkdir()
    for file in (base.database, base.folder / "manifest.json"):
        shutil.copy(file, copy)
    with duckdb.connect(str(copy / "warehouse.duckdb")) as connection:
        found = connection.sql("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        for (name,) in found:
            if tables and name not in tables:
                connection.execute(f"drop table marts.{name}")
        connection.execute("update marts.release set release_id = ?", [copy.name])
        connection.execute("update marts.fct_declaration set total_yuan = ?", [number])
    return Release(copy)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests, without a database name."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    # The server refuses to run as root, and pytest's own folders are closed to others.
    user = "postgres" if Path("/root").owner() == _me() else None
    folder = Path(tempfile.mkdtemp(prefix="jixiao-postgres-"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(*command: str | Path) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run(binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        yield f"postgresql://postgres@127.0.0.1:{port}"
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _me() -> str:
    import getpass

    return getpass.getuser()


def _postgres_binaries() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@pytest.fixture
def postgres_url(postgres_server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An empty database, which the environment names as the one to publish to."""
    import psycopg

    name = request.node.name.replace("[", "_").replace("]", "")
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    monkeypatch.setenv("JIXIAO_POSTGRES_URL", f"{postgres_server}/{name}")
    return f"{postgres_server}/{name}"
