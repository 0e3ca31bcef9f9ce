"""The command line at the desk: exit codes, and plain words in both languages where something is wrong."""

import json
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console

from orchestration import cli, release
from tests.conftest import JIXIAO, run_jixiao


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


@pytest.mark.parametrize(
    "words",
    [
        ["load", "--year", "soon"],
        ["load", "--nonsense"],
        ["query"],
        ["nonsense"],
        ["query", "--format", "xml", "select 1"],
        ["health", "--listen", ":99999"],
    ],
)
def test_wrong_usage_is_2(words: list[str], tmp_path: Path) -> None:
    done = run_jixiao(*words, home=tmp_path)
    assert done.returncode == 2
    assert is_chinese(done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["query", "select 1"], ["releases"], ["rollback"], ["quarantine"]])
def test_before_the_first_load_it_says_what_to_type(words: list[str], tmp_path: Path) -> None:
    done = run_jixiao(*words, home=tmp_path / "home")
    assert done.returncode == 1
    assert "uv run jixiao load" in done.stderr
    assert is_chinese(done.stderr)


@pytest.mark.parametrize("source", ["missing", "empty"])
def test_a_landing_folder_without_documents_is_said(source: str, tmp_path: Path) -> None:
    (tmp_path / "empty" / "2024").mkdir(parents=True)
    done = run_jixiao("load", "--source", tmp_path / source, home=tmp_path / "home")
    assert done.returncode == 1
    assert str(tmp_path / source) in done.stderr
    assert "--source" in done.stderr
    assert is_chinese(done.stderr)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "current").exists()


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_jixiao("load", home=tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "--home" in done.stderr
    assert "Traceback" not in done.stderr


def test_query_answers_in_each_format(sample_home: Path) -> None:
    sql = "select fiscal_year, count(*) as forms, null as nothing from fct_declaration group by all"
    expected = {"fiscal_year": 2023, "forms": 25}
    as_json = json.loads(run_jixiao("query", "--format", "json", sql, home=sample_home).stdout)
    as_csv = pl.read_csv(run_jixiao("query", "--format", "csv", sql, home=sample_home).stdout.encode())
    table = run_jixiao("query", sql, home=sample_home).stdout
    for rows in (as_json, as_csv.to_dicts()):
        assert len(rows) == 1
        assert expected.items() <= rows[0].items()
        assert rows[0]["nothing"] is None
    assert "2023" in table
    assert "forms" in table


_ODD = (
    "select f.version_key, d.version_key, 'nan'::double as n, ['inf'::double] as l, chr(27) || '[31m' as red, '绩效' as zh"
    " from fct_declaration as f join fct_declaration as d using (declaration_key) limit 1"
)


def test_no_column_is_lost_and_no_order_reaches_the_terminal(sample_home: Path) -> None:
    table, as_csv, as_json = (
        run_jixiao("query", "--format", kind, _ODD, home=sample_home, PYTHONIOENCODING="ascii").stdout
        for kind in ("table", "csv", "json")
    )
    for name in ("version_key", "version_key_1"):
        assert name in table
        assert f'"{name}"' in as_csv
    (row,) = json.loads(as_json, parse_constant=pytest.fail)
    assert row["version_key"] == row["version_key_1"]
    assert (row["n"], row["l"], row["zh"]) == (None, [None], "绩效")
    assert "\x1b" not in table
    assert "\\x1b[31m" in table


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_a_format_cannot_hold_is_said(kind: str, sample_home: Path) -> None:
    done = run_jixiao("query", "--format", kind, "select interval 1 month as i", home=sample_home)
    assert done.returncode == 1
    assert f"{kind} cannot hold this answer" in done.stderr
    assert "Cast the column" in done.stderr


def test_query_gives_parquet_on_a_pipe(sample_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    with file.open("wb") as out:
        subprocess.run(
            [JIXIAO, "query", "--home", sample_home, "--format", "parquet", "select total_yuan from fct_declaration"],
            stdout=out,
            check=True,
        )
    frame = pl.read_parquet(BytesIO(file.read_bytes()))
    assert frame.schema == {"total_yuan": pl.Decimal(18, 2)}
    assert frame.height == 25


def test_the_contract_s_schema_name_works_too(sample_home: Path) -> None:
    done = run_jixiao("query", "--format", "csv", "select count(*) as n from marts.fct_declaration", home=sample_home)
    assert done.stdout.split() == ['"n"', "25"]


@pytest.mark.parametrize(
    "sql",
    [
        "select nonsense from fct_declaration",
        "selec 1",
        "delete from fct_declaration",
        "create table t as select 1",
        "copy fct_declaration to 'stolen.csv'",
        "select * from read_text('/etc/hostname')",
        "set enable_external_access = true",
    ],
)
def test_what_cannot_be_answered_is_said_and_changes_nothing(sql: str, sample_home: Path) -> None:
    done = run_jixiao("query", sql, home=sample_home)
    assert done.returncode == 1
    assert "The query could not be answered" in done.stderr
    assert is_chinese(done.stderr)
    assert "Traceback" not in done.stderr


def test_doctor_finds_nothing_on_a_good_home_and_damage_on_a_bad_one(sample_home: Path, tmp_path: Path) -> None:
    done = run_jixiao("doctor", home=sample_home)
    assert done.returncode == 0, done.stdout
    home = tmp_path / "home"
    shutil.copytree(sample_home, home, symlinks=True)
    with (home / "current" / "warehouse.duckdb").open("ab") as file:
        file.write(b"x")
    next((home / "lake" / "form").glob("fiscal_year=2023/*")).unlink()
    archived = next((home / "archive").iterdir())
    archived.chmod(0o644)
    archived.write_bytes(b"other")
    done = run_jixiao("doctor", home=home)
    assert done.returncode == 1
    for damaged in ("warehouse.duckdb", "fiscal_year=2023", archived.name):
        assert damaged in done.stdout


@pytest.mark.parametrize(
    ("words", "shell"),
    [
        (["load"], '"$@" | true; exit "${PIPESTATUS[0]}"'),
        (["query", "--format", "csv", "from range(100000)"], '"$@" | true; exit "${PIPESTATUS[0]}"'),
        (["load"], '"$@" >&-'),
        (["releases"], '"$@" >&- 2>&-'),
    ],
)
def test_what_nobody_reads_is_done_all_the_same(
    words: list[str], shell: str, sample_home: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home", symlinks=True)
    command = ["bash", "-c", shell, "-", JIXIAO, *words, "--home", home]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(30, "Read-only file system", "/x/lake"), "/x/lake"),
        (duckdb.IOException("Could not write to file: No space left on device"), "make room"),
        (ValueError("odd"), "odd"),
    ],
)
def test_what_a_disk_refuses_and_what_nobody_foresaw_is_said_without_a_traceback(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path / "file"))  # where no log can be written either
    monkeypatch.setattr(cli, "app", fail)
    assert cli._run(Console(file=sys.stderr)) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert is_chinese(shown)
    assert "Traceback" not in shown


@pytest.mark.parametrize("named", ["there", "nowhere"])
def test_what_nobody_foresaw_is_logged_in_the_home_that_was_named(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIXIAO_HOME", "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(release, "require_current", lambda _: {}["nobody foresaw this"])
    monkeypatch.setattr(sys, "argv", ["jixiao", "releases", "--home", named])
    assert cli._run(Console(file=sys.stderr)) == 1
    folder = tmp_path / "there" / "quality" / "runs" if named == "there" else tmp_path
    assert len(list(folder.glob("error-*.log"))) == 1
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"there"}


@pytest.mark.parametrize("words", [["book"], ["compare", "--page"]])
def test_a_file_in_a_folder_that_is_not_there_is_said(words: list[str], tmp_path: Path) -> None:
    done = run_jixiao(*words, tmp_path / "no" / "x.xlsx", home=tmp_path)
    assert done.returncode == 1
    assert f"there is no folder {tmp_path / 'no'}" in done.stderr
    assert is_chinese(done.stderr)
