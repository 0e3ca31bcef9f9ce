"""Baselines: a year that is new is proposed, one that was accepted is held to, as its entry says, until accepted anew."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations import accepted, baselines, gate, proposals, suites
from expectations.accepted import Entry
from expectations.results import GateResult
from tests.expectations.lakes import write_lake

Frames = dict[str, pl.DataFrame]


@pytest.fixture(autouse=True)
def _baselines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "load", lambda name: suites.Suite(name, "main", []))


class Desk:
    """A lake, the two files of its home, and a gate that runs on them."""

    def __init__(self, folder: Path, frames: Frames) -> None:
        self.folder, self.frames, self.runs = folder, frames, 0
        self.accepted, self.proposed = folder / "baselines.yml", folder / "baselines.proposed.yml"

    def run(self, forms: int | None = None) -> GateResult:
        """Run the gate, where `forms` is given on as many of the 25."""
        cut = {"form": self.frames["form"].head(forms)} if forms is not None else {}
        self.runs += 1
        database = write_lake(self.frames | cut, self.folder / f"lake{self.runs}")
        result = gate.run("parsed", database, self.folder / "quality", self.accepted)
        proposals.write("parsed", result.measures, self.accepted, self.proposed)
        return result

    def accept(self, reason: str = "counted by hand", year: int | None = None) -> list[Entry]:
        return accepted.accept(self.accepted, self.proposed, year, reason, date(2026, 11, 27))

    def waiting(self) -> dict[str, float]:
        return {entry.metric: entry.value for entry in accepted.read(self.proposed)}


@pytest.fixture
def desk(good_frames: Frames, tmp_path: Path) -> Desk:
    return Desk(tmp_path, good_frames)


def test_a_new_year_is_proposed_and_fails_nothing(desk: Desk) -> None:
    assert desk.run().failures == []
    assert desk.waiting()["forms"] == 25
    assert not desk.accepted.exists()
    text = desk.proposed.read_text("utf-8")
    assert "baseline accept" in text, "the reviewer is not told what to do with the file"
    assert {entry.fiscal_year for entry in accepted.read(desk.proposed)} == {2023}


def test_fewer_forms_block_with_the_figures_until_they_are_accepted(desk: Desk) -> None:
    desk.run()
    desk.accept()
    assert desk.run().failures == []
    assert desk.waiting() == {}

    result = desk.run(forms=20)
    assert not result.passed
    (failure,) = [failure for failure in result.failures if failure.blocks]
    assert failure.rows == [{"fiscal_year": 2023, "value": 20, "accepted": 25, "lowest": 22.5, "highest": 27.5}]
    assert desk.waiting()["forms"] == 20

    desk.accept("five were withdrawn")
    (forms,) = [entry for entry in accepted.read(desk.accepted) if entry.metric == "forms"]
    assert (forms.was, forms.value, forms.reason, forms.since) == (25, 20, "five were withdrawn", date(2026, 11, 27))
    assert desk.run(forms=20).passed


def test_more_forms_warn_and_a_year_that_vanished_blocks(desk: Desk) -> None:
    desk.run(forms=10)
    desk.accept()
    grown = desk.run()
    assert grown.passed
    assert any(failure.rows[0]["value"] == 25 for failure in grown.failures)

    gone = desk.run(forms=0)
    assert not gone.passed
    assert any(failure.rows[0]["value"] == 0 for failure in gone.failures if failure.blocks)
    assert desk.waiting()["forms"] == 0


def test_what_the_file_says_is_done(desk: Desk) -> None:
    desk.run()
    text = desk.proposed.read_text("utf-8")
    entries = [line for line in text.splitlines() if "metric: forms," in line]
    edited = entries[0].replace("below: block", "below: warn").replace("tolerance: 0.1", "tolerance: 0.5")
    desk.proposed.write_text(text.replace(entries[0], edited), "utf-8")
    desk.run(forms=24)
    assert desk.waiting()["forms"] == 24
    desk.accept()
    assert desk.run(forms=13).failures == [], "the reviewer's tolerance was lost"
    result = desk.run(forms=11)
    assert result.passed
    assert [failure.rows[0]["value"] for failure in result.failures] == [11]


def test_only_the_year_that_was_asked_for_is_accepted(desk: Desk) -> None:
    desk.run()
    assert desk.accept(year=2022) == []
    assert not desk.accepted.exists()
    assert desk.accept(year=2023)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {metric: forms, fiscal_year: 2023}", "entry 1: missing: above, below, tolerance, value"),
        (
            "- {metric: forms, fiscal_year: 2023, value: 1, tolerance: 0.1, below: warn, above: warn, note: x}",
            "not known: note",
        ),
        ("- {metric: nonsense, fiscal_year: 2023, value: 1, tolerance: 0.1, below: warn, above: warn}", "nonsense"),
        ("- {metric: forms, fiscal_year: 2023, value: x, tolerance: 0.1, below: warn, above: warn}", "numbers"),
        ("- {metric: forms, fiscal_year: 2023, value: 1, tolerance: 0.1, below: stop, above: warn}", "block, warn"),
        ("- {metric: forms, fiscal_year: 2023, value: 1, tolerance: 0.1, below: [block], above: warn}", "block, warn"),
        ("- {metric: [forms], fiscal_year: 2023, value: 1, tolerance: 0.1, below: warn, above: warn}", "metric"),
        ("- {metric: forms, fiscal_year: 2023, value: .nan, tolerance: 0.1, below: warn, above: warn}", "numbers"),
        ("forms: 25", "list"),
        ("- {metric: [", "line 1"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "baselines.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=said) as raised:
        baselines.read(file)
    assert str(file) in str(raised.value)
