"""The gates' process: a verdict before its pages, no verdict without them, and a death that is heard of."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations import gate
from expectations.results import GateResult
from expectations.worker import Gatekeeper
from tests.expectations.lakes import write_lake


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Gatekeeper]:
    with (tmp_path / "log").open("wb") as log, Gatekeeper(log) as keeper:
        yield keeper


def test_a_verdict_is_told_before_its_pages_are_written_and_nothing_keeps_the_database_then(
    good_frames: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    told: list[GateResult] = []
    database, index = write_lake(good_frames, tmp_path / "lake"), tmp_path / "quality" / "parsed" / "index.html"

    def tell(result: GateResult) -> None:
        assert not index.exists()
        with duckdb.connect(str(database)) as connection:  # a file that is still open read only cannot be opened so
            connection.execute("create table written (nothing integer)")
        told.append(result)

    assert [gate.run("parsed", database, tmp_path / "quality", tell=tell)] == told
    assert index.exists()


@pytest.mark.parametrize("again", [False, True])
def test_pages_are_there_once_they_are_waited_for_or_the_next_gate_is_asked_for(
    good_frames: dict[str, pl.DataFrame], tmp_path: Path, keeper: Gatekeeper, again: bool
) -> None:
    database = write_lake(good_frames, tmp_path / "lake")
    assert keeper.run("parsed", database, tmp_path / "first", tmp_path / "none").passed
    if again:
        keeper.run("parsed", database, tmp_path / "second", tmp_path / "none")
    else:
        keeper.finish()
    assert (tmp_path / "first" / "parsed" / "index.html").exists()


def test_the_pages_of_the_last_gate_are_there_when_the_process_is_let_go_of(
    good_frames: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    with (tmp_path / "log").open("wb") as log, Gatekeeper(log) as keeper:
        keeper.run("parsed", write_lake(good_frames, tmp_path / "lake"), tmp_path / "quality", tmp_path / "none")
    assert (tmp_path / "quality" / "parsed" / "index.html").exists()


def test_a_process_that_dies_over_the_pages_is_heard_of(
    good_frames: dict[str, pl.DataFrame], tmp_path: Path, keeper: Gatekeeper
) -> None:
    keeper.start()
    assert keeper._process is not None
    keeper.run("parsed", write_lake(good_frames, tmp_path / "lake"), tmp_path / "quality", tmp_path / "none")
    os.kill(keeper._process.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="ended while it wrote the pages of the gate 'parsed'"):
        keeper.finish()
    keeper.finish()  # said once
