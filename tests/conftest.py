"""What several rooms' tests share: the command line, and the sample loaded once."""

import fcntl
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.home import SAMPLE

JIXIAO = Path(sys.executable).with_name("jixiao")
_STATUS = pytest.StashKey[int]()
_LONG = ("unattended/test_year.py", "faults/test_kills.py", "orchestration/test_load.py", "dbt/test_years.py")
"""Files with few tests that take minutes: they go first, so that no worker is left alone with them at the end."""


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


def few_forms(year: int = 2023) -> str:
    """Return the sample's first three forms, of another year where one is given."""
    text = (SAMPLE / "2023" / "liuzhou-2023.txt").read_text("utf-8")
    return "2023年度".join(text.split("2023年度", 4)[:4]).replace("2023", str(year))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not str(item.path).endswith(_LONG))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once: DuckDB's bindings report "leaks" while the interpreter takes itself apart."""
    if _STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])


@pytest.fixture(scope="session")
def sample_load(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """The first command a newcomer types: its home folder, and what it printed; once for all workers of a run."""
    shared = tmp_path_factory.getbasetemp()
    folder = (shared if worker_id == "master" else shared.parent) / "sample"
    folder.mkdir(exist_ok=True)
    home, said = folder / "home", folder / "said.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            said.write_bytes(pickle.dumps(run_jixiao("load", home=home)))
        done = pickle.loads(said.read_bytes())
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done


@pytest.fixture(scope="session")
def sample_home(sample_load: tuple[Path, object]) -> Path:
    """A home with the published sample; for reading only."""
    return sample_load[0]
