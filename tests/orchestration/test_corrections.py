"""A reviewed correction repairs a line on the next load, is recorded, and complains when it no longer matches."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.home import SAMPLE
from tests.conftest import run_jixiao

LINE = 15
PRINTED = (SAMPLE / "2023/liuzhou-2023.txt").read_text(encoding="utf-8").split("\n")[LINE - 1]


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True))


def correction(home: Path, **changed: Any) -> None:
    entry = {
        "id": "beds",
        "document": "2023/liuzhou-2023.txt",
        "line": LINE,
        "expect": PRINTED,
        "replace": PRINTED.replace("238", "283"),
        "reason": "digits transposed",
        "evidence": "the bureau's printed form",
        "by": "Li Ming",
        "date": "2026-11-24",
        "status": "accepted",
    }
    (home / "corrections.yml").write_text(yaml.safe_dump([entry | changed], allow_unicode=True), encoding="utf-8")


def ask(home: Path, sql: str) -> list[dict[str, Any]]:
    done = run_jixiao("query", "--format", "json", sql, home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_correction_is_applied_and_recorded(home: Path) -> None:
    correction(home)
    done = run_jixiao("load", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    (target,) = ask(home, f"select value_raw from fct_indicator_target where line_no = {LINE}")
    assert target["value_raw"] == "≥283人"
    (line,) = ask(home, f"select raw_text, correction_id from source_line where line_no = {LINE}")
    assert line == {"raw_text": PRINTED, "correction_id": "beds"}


def test_a_correction_that_no_longer_matches_complains(home: Path) -> None:
    correction(home, expect="something else")
    done = run_jixiao("load", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [row["reason"] for row in ask(home, "select reason from quarantine")] == ["correction_unmatched"]


def test_a_broken_file_of_corrections_publishes_nothing_and_says_why(home: Path) -> None:
    before = (home / "current").resolve()
    correction(home, status="perhaps")
    done = run_jixiao("load", home=home)
    assert done.returncode == 1
    assert "corrections.yml" in done.stdout + done.stderr
    assert (home / "current").resolve() == before
