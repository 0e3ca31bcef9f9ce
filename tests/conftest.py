"""What several rooms' tests share: the command line, and the sample loaded once."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

JIXIAO = Path(sys.executable).with_name("jixiao")
Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def run_jixiao(*args: object, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Type `jixiao …` in a shell whose home folder is `home`."""
    return subprocess.run(
        [str(JIXIAO), *map(str, args)],
        env={**os.environ, "JIXIAO_HOME": str(home), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture(scope="session")
def sample_load(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """The first command a newcomer types: its home folder, and what it printed."""
    home = tmp_path_factory.mktemp("sample") / "home"
    done = run_jixiao("load", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done


@pytest.fixture(scope="session")
def sample_home(sample_load: tuple[Path, object]) -> Path:
    """A home with the published sample; for reading only."""
    return sample_load[0]
