"""Whatever is broken: the release stays readable, the doctor says so in a clear word, and the next load or --repair heals."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ingest import archive, lake
from orchestration import damage, doctor, health, inputs, mark, publish, reading, release, transform
from orchestration.alerts import watch
from orchestration.home import SAMPLE, Home
from orchestration.session import Silence, opened
from tests.conftest import run_jixiao
from tests.faults.kills import contents


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Home:
    """A home of its own with the published sample, landed as a user's document."""
    root = Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True))
    shutil.copytree(SAMPLE, root / "landing")
    return Home(root)


def spoil(file: Path) -> None:
    """Change one byte in the middle of a file, its size and times staying the same."""
    status = file.stat()
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def reworded(file: Path, word: str, other: str) -> None:
    """Change the first such word of a file."""
    text = file.read_text("utf-8")
    assert word in text
    file.write_text(text.replace(word, other, 1), "utf-8")


def a_lake_file(home: Home, year: int = 2023) -> Path:
    return next((home.lake / "indicator").glob(f"fiscal_year={year}/*.parquet"))


def refreshed(home: Home) -> int:
    """Read what is stale, as a load does up to the lake; return how many documents were read."""
    with opened(home, None, None, Silence()) as session:
        reading.scan(session)
        reading.collect(session)
        reading.refresh(session)
        return session.facts["read"]


def lake_rows(home: Home) -> dict[str, int]:
    return lake.rows(home.lake)


DAMAGES: dict[str, tuple[Callable[[Home], object], str]] = {
    "a lake file with a changed byte": (lambda home: spoil(a_lake_file(home)), "damaged or missing fiscal_year=2023"),
    "a lake file that is gone": (lambda home: a_lake_file(home).unlink(), "damaged or missing fiscal_year=2023"),
    "half a lake index": (lambda home: os.truncate(home.lake / "index.json", 20), "index.json cannot be read"),
    "a lake index with another key": (
        lambda home: reworded(home.lake / "index.json", '"documents"', '"documentz"'),
        "index.json cannot be read",
    ),
    "a lake index without a table": (
        lambda home: reworded(home.lake / "index.json", '"form"', '"from"'),
        "index.json cannot be read",
    ),
    "a spoilt memo": (lambda home: os.truncate(home.lake / "landed.parquet", 20), "landed.parquet cannot be read"),
    "a spoilt catalogue": (
        lambda home: os.truncate(home.lake / "catalogue.parquet", 20),
        "catalogue.parquet cannot be",
    ),
    "a changed archive file": (lambda home: spoil(next(home.archive.iterdir())), "have changed"),
    "a lost archive file": (lambda home: next(home.archive.iterdir()).unlink(), "copied again from the landing folder"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_the_lake_and_the_archive_are_found_broken_and_mended(home: Home, name: str) -> None:
    harm, word = DAMAGES[name]
    rows, served = lake_rows(home), release.current(home)
    harm(home)
    found = list(damage.find(home))
    assert any(word in each.en for each in found), found
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in each.zh) for each in found)
    doctor.repair(home)
    refreshed(home)
    assert list(damage.find(home)) == []
    assert lake_rows(home) == rows
    assert release.current(home) == served


@pytest.mark.parametrize("name", [name for name in DAMAGES if "archive" not in name])
def test_a_load_mends_the_lake_by_itself(home: Home, name: str) -> None:
    rows = lake_rows(home)
    DAMAGES[name][0](home)
    refreshed(home)
    assert list(damage.find(home)) == []
    assert lake_rows(home) == rows


def land_another(home: Home) -> None:
    """Take what landed away, and land something else in its place."""
    home.landing.rename(home.root / "away")
    (home.landing / "2024").mkdir(parents=True)
    (home.landing / "2024" / "other.txt").write_text("无", "utf-8")


def test_a_document_that_is_lost_for_good_is_named_and_stays_in_force(home: Home) -> None:
    land_another(home)
    next(home.archive.iterdir()).unlink()
    [found] = damage.find(home)
    assert found.mend is None
    assert "liuzhou-2023.txt" in found.en
    assert "backup" in found.en
    assert lake_rows(home)["form"] == 25


def altered(home: Home) -> Path:
    """Let the one archived document say another figure; every document has to be read again."""
    [file] = home.archive.iterdir()
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"2,430,000", b"9,430,000"))
    home.corrections.write_text("[]", "utf-8")
    return file


def figures(home: Home) -> set[str]:
    """Return the lines of the lake with that figure, as they were printed."""
    held = lake.read(home.lake, lake.documents(home.lake)["document_id"].to_list())
    return {text for text in held["source_line"]["raw_text"] if "430,000" in text}


def test_altered_bytes_are_not_read_where_whole_ones_landed(home: Home) -> None:
    before, file = figures(home), altered(home)
    assert refreshed(home) == 1
    assert figures(home) == before
    assert "2,430,000" in file.read_text("utf-8")
    assert list(home.archive.iterdir()) == [file]


def test_altered_bytes_refuse_their_document_until_it_lands_again(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    before, rows, file = figures(home), lake_rows(home), altered(home)
    land_another(home)
    refreshed(home)
    assert "liuzhou-2023.txt are lost or have changed" in caplog.text
    assert figures(home) == set()
    assert lake.refused(home.lake, archive.DAMAGED)["document_id"].to_list() == [file.name.partition(".")[0]]
    assert "9,430,000" in file.with_name(f"{file.name}.damaged").read_text("utf-8"), "the last copy is kept"
    assert refreshed(home) == 0
    shutil.rmtree(home.landing)
    (home.root / "away").rename(home.landing)
    assert refreshed(home) == 1
    assert figures(home) == before
    assert lake_rows(home)["form"] == rows["form"]
    assert not file.with_name(f"{file.name}.damaged").exists()


def test_repair_never_deletes_the_last_copy_of_a_document(home: Home) -> None:
    land_another(home)
    [file] = home.archive.iterdir()
    spoil(file)
    spoilt = file.read_bytes()
    doctor.repair(home)
    assert file.with_name(f"{file.name}.damaged").read_bytes() == spoilt


def copied_back(home: Home) -> None:
    """Let the next build find what the last one left, as a load does before it builds."""
    shutil.copyfile(release.require_current(home).database, home.database)


def published(home: Home, name: str) -> release.Release:
    """Publish the warehouse once more."""
    copied_back(home)
    return release.publish(home, release.write(home, name), {"key": inputs.key(home), "rows": {}, "created_at": "-"})


def test_a_damaged_release_gives_way_to_the_last_good_one(home: Home) -> None:
    good = release.require_current(home)
    bad = published(home, "29990101T000000Z-00000000")
    spoil(bad.database)
    [found] = damage.find(home)
    assert "warehouse.duckdb" in found.en
    doctor.repair(home)
    assert release.current(home) == good
    assert list(damage.find(home)) == []


def test_the_only_release_damaged_is_not_taken_for_up_to_date(home: Home) -> None:
    served = release.require_current(home)
    assert release.is_whole(served)
    spoil(served.database)
    doctor.repair(home)
    assert release.current(home) == served
    assert not release.is_whole(served)


def behead(home: Home) -> release.Release:
    """Spoil the beginning of the served database, its size staying the same: nobody can open it."""
    served = release.require_current(home)
    with served.database.open("r+b") as file:
        file.write(b"no database" * 400)
    return served


def test_a_load_publishes_where_the_only_release_cannot_be_opened(home: Home) -> None:
    damaged = behead(home)
    done = run_jixiao("load", home=home.root)
    assert done.returncode == 0, done.stderr
    assert f"The release {damaged.release_id} is damaged" in done.stderr
    now = release.require_current(home)
    assert now != damaged
    assert now.manifest["previous"] is None
    assert run_jixiao("query", "select count(*) as n from fct_declaration", home=home.root).returncode == 0
    assert run_jixiao("quarantine", home=home.root).returncode == 0


def test_a_release_that_is_damaged_inside_is_compared_with_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    copied_back(home)
    served = release.require_current(home)
    with served.database.open("r+b") as file:
        file.seek(12288)  # behind the headers: it can be opened
        file.write(b"no database" * (served.database.stat().st_size // 11 - 2000))
    with opened(home, None, None, Silence()) as session:
        before, changes = publish.compared(session)
    assert before is None
    assert "fct_declaration" in changes["tables_added"]


@pytest.mark.parametrize("words", [["query", "select 1"], ["quarantine"], ["book", "all.xlsx"]])
def test_a_question_to_a_damaged_release_is_answered_in_plain_words(home: Home, words: list[str]) -> None:
    behead(home)
    done = run_jixiao(*words, home=home.root)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert "doctor --repair" in done.stderr
    assert "Something went wrong" not in done.stderr
    assert "仍然有效" not in done.stderr


def test_a_watch_over_a_damaged_release_goes_on(home: Home) -> None:
    assert watch.loaded_years(home) == {2023}
    behead(home)
    assert watch.loaded_years(home) == set()


def test_a_link_to_nowhere_is_found_and_led_back(home: Home) -> None:
    good = release.require_current(home)
    bad = published(home, "29990101T000000Z-00000000")
    shutil.rmtree(bad.folder)
    assert release.current(home) is None
    [found] = damage.find(home)
    assert "leads nowhere" in found.en
    doctor.repair(home)
    assert release.current(home) == good


def test_a_spoilt_warehouse_and_half_a_build_are_built_anew(home: Home) -> None:
    # The home is a copy: its views still read the lake of the first one, so that a build would begin anew.
    (home.warehouse / ".built").write_text(transform._made_by(home), "utf-8")
    copied_back(home)
    transform._begin(home)
    assert home.database.exists(), "built to the end: the next build goes on from it"
    transform._begin(home)
    assert not home.database.exists(), "the build that began before did not end"
    home.database.write_bytes(b"no database" * 1000)
    assert "cannot be opened" in next(damage.find(home)).en
    doctor.repair(home)
    assert not home.database.exists()


def test_a_home_that_was_moved_is_built_anew(home: Home) -> None:
    copied_back(home)
    transform._begin(home)
    assert not home.database.exists()


def test_spoilt_alerts_are_set_aside(home: Home) -> None:
    home.alerts.write_bytes(b"no database" * 1000)
    assert any("alerts.sqlite is damaged" in each.en for each in damage.find(home))
    doctor.repair(home)
    assert run_jixiao("alerts", "list", home=home.root).returncode == 0
    assert home.alerts.with_suffix(".damaged").exists()


def test_a_load_that_was_killed_is_said_and_swept(home: Home) -> None:
    code = (
        "import os, sys, signal; from pathlib import Path; from orchestration.home import Home;"
        "from orchestration.session import opened, Silence\n"
        "with opened(Home(Path(sys.argv[1])), None, None, Silence()) as session, session.stage('build'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, home.root], check=False)
    assert done.returncode == -signal.SIGKILL
    (home.releases / ".building-x").mkdir()
    left = mark.killed(home)
    assert left is not None
    assert left.stage == "build"
    [found] = damage.interrupted(home)
    assert "killed in the stage build" in found.en
    doctor.repair(home)
    assert mark.killed(home) is None
    assert not (home.releases / ".building-x").exists()


@pytest.mark.parametrize("said", ["", "null", '{"since": 1}', "\x00"])
def test_a_mark_that_says_nothing_is_one_of_a_killed_load(home: Home, said: str) -> None:
    (home.root / ".loading").write_text(said, "utf-8")
    assert health.report(home)["healthy"] is False
    [found] = damage.interrupted(home)
    assert "killed in the stage -" in found.en
    with opened(home, None, None, Silence()) as session, session.stage("build"):
        pass
    assert mark.killed(home) is None


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"files": {"warehouse.duckdb": 7}}'])
def test_a_damaged_manifest_is_listed_as_damaged(home: Home, said: str) -> None:
    old = release.require_current(home)
    new = published(home, "29990101T000000Z-00000000")
    (old.folder / "manifest.json").write_text(said, "utf-8")
    assert not release.is_whole(old)
    [found] = damage.find(home)
    assert f"release {old.release_id}: " in found.en
    done = run_jixiao("releases", home=home.root)
    assert done.returncode == 0, done.stderr
    assert f"{old.release_id}  damaged" in done.stdout
    assert f"→ {new.release_id}  documents" in done.stdout


def test_baselines_say_that_the_manifest_of_what_is_served_is_damaged(home: Home) -> None:
    (release.require_current(home).folder / "manifest.json").write_text("{", "utf-8")
    done = run_jixiao("baseline", home=home.root)
    assert done.returncode == 1
    assert "is damaged (manifest.json)" in done.stderr


def test_spoilt_alerts_are_said_and_health_reports_the_rest(home: Home) -> None:
    home.alerts.write_bytes(b"no database" * 1000)
    seen = health.report(home)
    assert seen["healthy"] is False
    assert seen["release_is_whole"] is True
    assert "doctor --repair" in seen["alerts_unreadable"]
    assert "jixiao_alerts_readable 0" in health.metrics(home)
    done = run_jixiao("alerts", "list", home=home.root)
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "Something went wrong" not in done.stderr


def test_a_load_under_way_is_not_taken_for_a_killed_one(home: Home) -> None:
    with opened(home, None, None, Silence()):
        assert mark.under_way(home)
        assert mark.killed(home) is None
        home.database.write_bytes(b"half a build")
        assert list(damage._warehouse(home)) == []
    assert len(list(damage._warehouse(home))) == 1
    assert not mark.under_way(home)


def test_a_second_load_says_who_is_at_work(home: Home) -> None:
    with opened(home, None, None, Silence()):
        done = run_jixiao("load", home=home.root)
    assert done.returncode == 1
    assert "Another load is writing" in done.stderr
    assert f"pid {os.getpid()}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_document_that_grows_while_it_is_read_is_read_whole_next_time(home: Home) -> None:
    whole = (SAMPLE / "2023" / "liuzhou-2023.txt").read_bytes().replace(b"2023", b"2024")
    file = home.landing / "2024" / "liuzhou.txt"
    file.parent.mkdir()
    file.write_bytes(whole[: len(whole) // 2])
    with opened(home, None, None, Silence()) as session:
        reading.scan(session)
        file.write_bytes(whole)
        reading.collect(session)
        reading.refresh(session)
    held = lake.documents(home.lake).filter(pl.col("file_name") == "2024/liuzhou.txt")
    assert held["status"].to_list() in ([], ["quarantined"])
    refreshed(home)
    assert lake_rows(home)["form"] == 50


SMALL = 300_000
"""Bytes that a file may have: enough for everything but the warehouse and the lake's larger tables."""


@pytest.mark.parametrize("limit", [20_000, SMALL])
def test_a_disk_that_fills_up_is_said_and_leaves_everything_whole(home: Home, limit: int) -> None:
    before = contents(home)
    file = home.landing / "2024" / "liuzhou.txt"
    file.parent.mkdir()
    file.write_bytes((SAMPLE / "2023" / "liuzhou-2023.txt").read_bytes().replace(b"2023", b"2024"))
    code = (
        "import resource, sys; from pathlib import Path; from orchestration.home import Home;"
        "from orchestration import reading; from orchestration.session import opened, Silence\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "with opened(Home(Path(sys.argv[1])), None, None, Silence()) as session:\n"
        "    reading.scan(session); reading.collect(session); reading.refresh(session)"
    )
    done = subprocess.run([sys.executable, "-c", code, home.root], check=False, capture_output=True, text=True)
    if limit < SMALL:
        assert done.returncode == 1
    assert contents(home) == before
    refreshed(home)
    assert lake_rows(home)["form"] == 50
    assert [found.en for found in damage.find(home)] == []


def test_a_home_that_cannot_be_written_is_said(sample_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True))
    if os.geteuid() == 0:
        bound = subprocess.run(["mount", "--bind", home, home], check=False, capture_output=True)
        locked = subprocess.run(["mount", "-o", "remount,bind,ro", home], check=False, capture_output=True)
        if bound.returncode or locked.returncode:
            pytest.skip("mounts are not allowed here")
    else:
        for folder in [home, *(path for path in home.rglob("*") if path.is_dir())]:
            folder.chmod(0o555)
    try:
        done = run_jixiao("load", home=home)
        answer = run_jixiao("query", "select count(*) as n from fct_declaration", "--format", "json", home=home)
        seen = [run_jixiao(*words, home=home) for words in (["health"], ["alerts", "list"])]
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", home], check=True)
        else:
            for folder in [home, *(path for path in home.rglob("*") if path.is_dir())]:
                folder.chmod(0o755)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(answer.stdout) == [{"n": 25}]
    assert json.loads(seen[0].stdout)["healthy"] is True
    assert [each.returncode for each in seen] == [0, 0]
