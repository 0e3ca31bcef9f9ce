"""What the next load reads, and in which order documents count, whatever becomes of the files in the landing folder."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from ingest import archive, lake
from orchestration import reading
from orchestration.home import SAMPLE, Home
from orchestration.session import Session, Silence, opened
from orchestration.trouble import Trouble
from tests.conftest import few_forms

FIRST, SECOND = few_forms(), few_forms().replace("370,000", "570,000") + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


def land(home: Home, name: str, text: str, at: int) -> None:
    file = home.landing / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    os.utime(file, (at, at))


@contextmanager
def scanned(home: Home, years: list[int] | None = None) -> Iterator[Session]:
    with opened(home, None, years, Silence()) as session:
        reading.scan(session)
        yield session


def read(home: Home, years: list[int] | None = None) -> Session:
    """Bring the lake up to date, and show that there is nothing to read afterwards."""
    with scanned(home, years) as session:
        reading.collect(session)
        reading.refresh(session)
    with scanned(home, years) as again:
        assert reading.is_current(again)
    return session


def in_force(home: Home, name: str) -> str:
    """The sha256 of the document that counts as the last one of its name."""
    return lake.documents(home.lake).filter(file_name=name).sort("modified_at").item(-1, "document_id")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("at", [300, 100], ids=["as a new file", "with the times that it had"])
def test_a_file_that_was_replaced_and_put_back_is_in_force_again(home: Home, at: int) -> None:
    land(home, "2023/a.txt", FIRST, 100)
    read(home)
    land(home, "2023/a.txt", SECOND, 200)
    read(home)
    assert in_force(home, "2023/a.txt") == digest(SECOND)
    land(home, "2023/a.txt", FIRST, at)
    assert read(home).facts["read"] == 1
    assert in_force(home, "2023/a.txt") == digest(FIRST)
    land(home, "2023/a.txt", SECOND, at)
    read(home)
    assert in_force(home, "2023/a.txt") == digest(SECOND)


def test_a_replacement_older_than_what_it_replaces_is_in_force(home: Home) -> None:
    land(home, "2023/a.txt", FIRST, 200)
    read(home)
    land(home, "2023/a.txt", SECOND, 100)
    read(home)
    assert in_force(home, "2023/a.txt") == digest(SECOND)


def test_a_file_that_went_away_while_it_was_loaded_is_read_once_it_is_back(home: Home) -> None:
    land(home, "2023/a.txt", FIRST, 100)
    with scanned(home) as session:
        (home.landing / "2023/a.txt").unlink()
        reading.collect(session)
        reading.refresh(session)
    assert lake.documents(home.lake)["status"].to_list() == ["quarantined"]
    land(home, "2023/b.txt", SECOND, 100)
    assert read(home).facts["read"] == 1, "what is away is not tried again and again"
    land(home, "2023/a.txt", FIRST, 100)
    assert read(home).facts["read"] == 1
    assert lake.documents(home.lake)["status"].to_list() == ["read", "read"]
    assert list(archive.verify(home.archive)) == []


def test_a_document_under_names_of_two_years_is_loaded_with_either(home: Home) -> None:
    for year in (2022, 2023):
        land(home, f"{year}/a.txt", FIRST, 100)
    land(home, "2024/b.txt", SECOND, 100)
    read(home, [2023])
    assert lake.documents(home.lake)["file_name"].to_list() == ["2022/a.txt"]
    assert lake.documents(home.lake)["other_names"].to_list() == [["2023/a.txt"]]


def test_a_correction_of_a_document_that_is_not_there_is_told(home: Home) -> None:
    land(home, "2023/a.txt", FIRST, 100)
    entry = "- {id: %s, document: %s, line: 1, expect: x, replace: y, reason: r, evidence: e, by: b, date: d, status: accepted}\n"
    home.corrections.parent.mkdir(parents=True, exist_ok=True)
    home.corrections.write_text(entry % ("one", "2023/a.txt") + entry % ("two", "2023/gone.txt"), "utf-8")
    assert read(home).facts["corrections_of_nothing"] == ["two"]


def test_the_sample_is_for_homes_without_documents_of_their_own(home: Home) -> None:
    read(home)
    assert home.source() == SAMPLE, "it is what this home holds"
    land(home, "2023/a.txt", FIRST, 100)
    read(home)
    (home.landing / "2023/a.txt").unlink()
    with pytest.raises(Trouble, match="There are no documents"), scanned(home):
        pass
    assert lake.documents(home.lake).filter(pl.col("file_name") == "2023/a.txt").height == 1
