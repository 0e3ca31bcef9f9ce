"""Somebody stops a load, by Ctrl+C or politely: it says so and nothing else, whoever caught the signal on its way."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from orchestration import interruption, mark
from orchestration.home import Home
from tests.conftest import JIXIAO


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Home:
    """A home of its own with the published sample."""
    return Home(Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True)))


@pytest.mark.parametrize("stage", ["lake", "build"])
def test_a_load_that_somebody_stops_says_so_and_nothing_else(stage: str, home: Home) -> None:
    (home.lake / "index.json").unlink()
    command = [JIXIAO, "load", "--home", home.root]
    load = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while load.poll() is None and getattr(mark._read(home), "stage", "") != stage:
        time.sleep(0.01)
    time.sleep(0.1)
    # A terminal interrupts everything that was started from it; who stops a service kills the one process.
    os.killpg(load.pid, signal.SIGINT) if stage == "build" else load.terminate()
    _, said = load.communicate()
    assert load.returncode == 130
    assert said.strip() == "Stopped; the last release is still served. 已中断，上一版本仍然有效。"
    assert mark.killed(home) is None


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_who_catches_a_signal_makes_no_other_trouble_of_it(sent: signal.Signals) -> None:
    def build() -> None:
        try:
            signal.raise_signal(sent)
        except KeyboardInterrupt as error:
            raise ValueError("dbt could not build") from error

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt), interruption.heard():
        build()
    with pytest.raises(ValueError, match="odd"), interruption.heard():
        raise ValueError("odd")
    signal.signal(signal.SIGTERM, before)
