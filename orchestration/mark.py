"""The mark of a load under way. One that is there while nobody holds the home's lock is of a load that was killed."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration import clock
from orchestration.home import Home

STAGES = {
    "start": ("Start the engines", "启动引擎"),
    "documents": ("Collect documents", "收集文件"),
    "lake": ("Read and parse", "读取与解析"),
    "parsed": ("Gate: parsed", "检查：解析结果"),
    "build": ("Build the warehouse", "构建数仓"),
    "marts": ("Gate: marts", "检查：数据集市"),
    "release": ("Publish", "发布"),
    "postgres": ("Publish to PostgreSQL", "发布到 PostgreSQL"),
}
"""The stages of a load, in their order, in English and Chinese."""


@dataclass(frozen=True)
class Mark:
    """When a load began, and the stage that it reached."""

    since: str
    stage: str
    pid: int


@contextmanager
def marked(home: Home) -> Iterator[Mark | None]:
    """Mark a load of `home`, whose lock is held, while it lasts; gives the mark of one before it that was killed."""
    before = _read(home)
    _write(home, Mark(clock.now().isoformat(timespec="seconds"), "", os.getpid()))
    try:
        yield before
    finally:
        _file(home).unlink(missing_ok=True)


def reached(home: Home, stage: str) -> None:
    """Let the mark say that the load is in `stage`."""
    mark = _read(home)
    if mark:
        _write(home, Mark(mark.since, stage, mark.pid))


def forget(home: Home) -> None:
    """Remove the mark of a load that was killed."""
    _file(home).unlink(missing_ok=True)


def under_way(home: Home) -> bool:
    """Whether a process holds the home's lock at this moment."""
    lock = home.root / ".lock"
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def killed(home: Home) -> Mark | None:
    """Return the mark of a load that was killed; None where there is none, or one is under way."""
    mark = _read(home)
    return None if under_way(home) else mark


def _file(home: Home) -> Path:
    return home.root / ".loading"


def _read(home: Home) -> Mark | None:
    try:
        return Mark(**json.loads(_file(home).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):  # a mark that says nothing still is one
        return Mark("-", "", 0)


def _write(home: Home, mark: Mark) -> None:
    aside = _file(home).with_suffix(".aside")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(mark), file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(_file(home))
