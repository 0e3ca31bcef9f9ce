"""Backup and restore as docs/operators.md says it, word for word."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration import release
from orchestration.home import REPOSITORY, Home
from tests.conftest import run_jixiao
from tests.faults.kills import contents


def commands(page: str, word: str, home: Path) -> str:
    """Return the page's tar command that holds `word`, for `home` instead of the documented one."""
    text = (REPOSITORY / "docs" / page).read_text("utf-8").replace("\\\n", " ")
    [line] = [line for line in text.splitlines() if "tar " in line and word in line]
    return re.sub(r"jixiao-\d{4}-\d\d-\d\d", "jixiao-$(date +%F)", line).replace("/var/lib/jixiao", str(home))


@pytest.mark.parametrize("page", ["operators.md", "operators.zh-CN.md"])
def test_a_home_that_was_backed_up_comes_back(sample_home: Path, tmp_path: Path, page: str) -> None:
    lived, fresh = tmp_path / "lived", tmp_path / "fresh"
    shutil.copytree(sample_home, lived, symlinks=True)
    for name in ("withdrawn.yml", "corrections.yml"):
        (lived / name).write_text("[]\n", "utf-8")
    before = contents(Home(lived))
    subprocess.run(["bash", "-ec", commands(page, "--create", lived)], cwd=tmp_path, check=True)
    shutil.rmtree(lived)
    fresh.mkdir()
    subprocess.run(["bash", "-ec", commands(page, "--extract", fresh)], cwd=tmp_path, check=True)
    looked = run_jixiao("doctor", "--repair", home=fresh)
    assert looked.returncode == 0, looked.stdout
    assert contents(Home(fresh)) == before
    assert release.verify(release.require_current(Home(fresh))) == []
    assert {"withdrawn.yml", "corrections.yml"} <= {path.name for path in fresh.iterdir()}
