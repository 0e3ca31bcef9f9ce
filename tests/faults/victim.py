"""A load to be killed: forked from a process that has imported what takes long (tests.faults.nursery).

Everything else of a load is real. What makes polars work, as ingest's import does, comes after the fork.
"""

import json
import multiprocessing as mp
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO

from orchestration.home import Home

_CONTEXT = mp.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.nursery"])
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.chmod", "os.truncate"}
"""Python's audit events of what changes a folder; files opened for writing come on top."""


@dataclass(frozen=True)
class Moment:
    """Where a load dies by its own hand: before the `change`-th change that `stage` makes to the disk."""

    stage: str
    change: int


def start(home: Home, moment: Moment | None = None) -> BaseProcess:
    """Start a load of `home` in a process of its own, which ends with the command line's exit code."""
    process = _CONTEXT.Process(target=_load, args=(str(home.root), moment))
    process.start()
    return process


def log(home: Home) -> Path:
    """Return where the loads of `home` say what went wrong."""
    return home.root.with_suffix(".log")


def changes(home: Home) -> dict[str, int]:
    """Return how many changes to the disk each stage of the last load of `home` made that came to its end."""
    return json.loads(home.root.with_suffix(".changes").read_text("utf-8"))


def _load(root: str, moment: Moment | None) -> None:
    home = Home(Path(root))
    written = os.open(log(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    gates = _Gates()  # before polars works: its threads do not come along in a fork
    from expectations.worker import Gatekeeper
    from orchestration.load import load
    from orchestration.session import Silence

    Gatekeeper.start = lambda self: setattr(self, "_process", gates)
    counted = _count(moment)
    try:
        load(home, None, None, Silence())
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    home.root.with_suffix(".changes").write_text(json.dumps(counted), "utf-8")
    os._exit(0)


def _count(moment: Moment | None) -> Counter[str]:
    """Count what each stage changes on the disk, from now on; die at `moment`."""
    from orchestration import mark

    counted: Counter[str] = Counter()
    stage, reached = "", mark.reached

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if stage and (writes or event in _CHANGES):
            counted[stage] += 1
            if moment == Moment(stage, counted[stage]):
                os.kill(os.getpid(), signal.SIGKILL)

    def follow(home: Home, name: str) -> None:
        nonlocal stage
        reached(home, name)
        stage = name

    mark.reached = follow
    sys.addaudithook(listen)
    return counted


class _Gates:
    """The process of the gates (expectations.worker), forked instead of started."""

    stdin: IO[str]
    stdout: IO[str]

    def __init__(self) -> None:
        asked, ask = os.pipe()
        answer, answered = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(ask)
            os.close(answer)
            os.dup2(asked, 0)
            os.dup2(answered, 1)
            sys.stdin = os.fdopen(0, encoding="utf-8")
            from expectations import worker

            worker.serve()
            os._exit(0)
        os.close(asked)
        os.close(answered)
        self.stdin, self.stdout = os.fdopen(ask, "w", encoding="utf-8"), os.fdopen(answer, encoding="utf-8")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def communicate(self) -> None:
        os.waitpid(self.pid, 0)
