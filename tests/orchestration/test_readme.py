"""The README's questions are asked again: their answers have to be those it prints."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import run_jixiao

ROOT = Path(__file__).parents[2]
QUESTION = re.compile(r"^\$ (uv run jixiao query .*)\n((?:[^`].*\n)+)```", re.M)
READMES = ["README.md", "README.zh-CN.md"]


@pytest.mark.parametrize("name", READMES)
def test_the_first_commands_are_the_two_that_set_everything_up(name: str) -> None:
    first = re.search(r"```console\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    assert first is not None
    assert first[1].splitlines() == ["pip install -q uv && uv run jixiao load", "pip install -q uv && uv run pytest"]


@pytest.mark.parametrize("name", READMES)
def test_the_answers_are_those_of_the_warehouse(name: str, sample_home: Path) -> None:
    questions = QUESTION.findall((ROOT / name).read_text("utf-8"))
    assert len(questions) >= 5
    for command, answer in questions:
        done = run_jixiao(*shlex.split(command)[3:], home=sample_home)
        assert done.stdout.rstrip() == answer.rstrip(), command
