"""The home folder: one writer at a time, and where documents come from when nobody says."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.home import SAMPLE, Home
from orchestration.trouble import Trouble

HOLD = """
import sys
from orchestration.home import Home
with Home.at(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_is_writing(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Trouble) as caught, Home.at(tmp_path).lock():
        pass
    assert f"pid {holder.pid}" in caught.value.en
    assert f"pid {holder.pid}" in caught.value.zh
    holder.kill()
    holder.communicate()
    with Home.at(tmp_path).lock():
        pass


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Trouble, match="--home"), Home.at(tmp_path / "file" / "home").lock():
        pass


def test_without_documents_the_sample_is_read(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    assert home.source() == SAMPLE
    (home.landing / "2024").mkdir(parents=True)
    (home.landing / "2024" / ".DS_Store").touch()
    assert home.source() == SAMPLE
    (home.landing / "2024" / "a.txt").touch()
    assert home.source() == home.landing


def test_the_environment_names_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path))
    assert Home.at().root == tmp_path
    assert Home.at(tmp_path / "other").root == tmp_path / "other"
