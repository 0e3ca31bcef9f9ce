"""Releases leave by policy: never the one that is served, never one that somebody reads."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import release, retention
from orchestration.home import Home
from tests.orchestration.test_release import R

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()
print(connection.execute("select count(*) from marts.fct").fetchone()[0])
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(retention, "KEEP", 2)
    return Home(tmp_path)


def publish(home: Home, name: str) -> release.Release:
    home.warehouse.mkdir(parents=True, exist_ok=True)
    home.database.unlink(missing_ok=True)
    with duckdb.connect(
        str(home.database), config={"storage_compatibility_version": release.STORAGE_VERSION}
    ) as connection:
        connection.execute("create schema marts; create table marts.fct as from range(7)")
    return release.publish(home, release.write(home, name), {"rows": {}})


def names(home: Home) -> list[str]:
    return [kept.release_id for kept in release.kept(home)]


def test_the_newest_stay(home: Home) -> None:
    for number in range(5):
        publish(home, R[number])
    assert retention.retain(home) == [R[2], R[1], R[0]]
    assert names(home) == [R[4], R[3]]


def test_what_is_served_stays_however_old(home: Home) -> None:
    for number in range(5):
        publish(home, R[number])
    release.rollback(home, R[0])
    retention.retain(home)
    assert names(home) == [R[4], R[3], R[0]]


def test_what_somebody_reads_stays_until_it_is_let_go(home: Home) -> None:
    read = publish(home, R[0])
    command = [sys.executable, "-c", READER, str(read.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        for number in range(1, 5):
            publish(home, R[number])
        assert retention.retain(home) == [R[2], R[1]]
        assert reader.communicate("")[0] == "7\n"
    assert retention.retain(home) == [R[0]]


def test_a_removal_that_was_killed_is_finished(home: Home) -> None:
    published = publish(home, R[0])
    os.rename(published.folder, published.folder.with_name(".removing-r0"))
    assert names(home) == []
    retention.sweep(home)
    assert not any(home.releases.iterdir())


def test_a_release_sorts_behind_those_before_it_also_when_the_clock_was_put_back(home: Home) -> None:
    publish(home, "20990101T000000Z-00000000")
    assert release.new_id(home, "abcdef0123") == "20990101T000001Z-abcdef01"
