"""The home folder: where everything that a load makes has its place, and who may write there."""

import fcntl
import hashlib
import json
import os
import shlex
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration import clock
from orchestration.trouble import Trouble

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE = REPOSITORY / "ingest" / "sample"


@dataclass(frozen=True)
class Home:
    """The places of a home folder, as the contract names them."""

    root: Path
    option: str = field(default="", compare=False)
    """What a command that is proposed needs to find this home: nothing, or a blank and --home."""

    @classmethod
    def at(cls, root: Path | str | None = None) -> "Home":
        """Return the home at `root`, else at `JIXIAO_HOME`, else at ./home."""
        place = Path(root or os.environ.get("JIXIAO_HOME") or "home").absolute()
        return cls(place, f" --home {shlex.quote(str(root))}" if root else "")

    @property
    def landing(self) -> Path:
        """What people drop, by fiscal year."""
        return self.root / "landing"

    @property
    def archive(self) -> Path:
        """Every byte ever loaded, named by its sha256."""
        return self.root / "archive"

    @property
    def lake(self) -> Path:
        """Parsed frames as Parquet."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """The folder of the database under construction."""
        return self.root / "warehouse"

    @property
    def database(self) -> Path:
        """The database under construction, which dbt writes."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def work(self) -> Path:
        """What only its building needs: staging and intermediate tables, from one build to the next."""
        return self.warehouse / "warehouse.duckdb.work"

    @property
    def releases(self) -> Path:
        """What is served, a folder a release."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """The link to the release that is served."""
        return self.root / "current"

    @property
    def quality(self) -> Path:
        """Data Docs and run reports."""
        return self.root / "quality"

    @property
    def withdrawn(self) -> Path:
        """The documents that were withdrawn, with reasons (YAML)."""
        return self.root / "withdrawn.yml"

    @property
    def corrections(self) -> Path:
        """The reviewed corrections of documents' lines (YAML, ingest.corrections)."""
        return self.root / "corrections.yml"

    @property
    def baselines(self) -> Path:
        """The baselines that this home's owner has accepted (YAML)."""
        return self.root / "baselines.yml"

    @property
    def proposed_baselines(self) -> Path:
        """What the last load measured and no accepted baseline covers (YAML)."""
        return self.root / "baselines.proposed.yml"

    @property
    def alerts(self) -> Path:
        """Which problems are open and which messages have to go out (SQLite)."""
        return self.root / "alerts.sqlite"

    @property
    def dagster(self) -> Path:
        """Dagster's run history."""
        return self.root / "dagster"

    def source(self) -> Path:
        """Return where documents are read from when nobody says: the landing folder, or, while the home knows of no documents
        but these, the sample that ships."""
        return self.landing if _holds_documents(self.landing) or self._is_used() else SAMPLE

    def _is_used(self) -> bool:
        """Whether documents have been loaded that are not the sample's."""
        sample = {hashlib.sha256(path.read_bytes()).hexdigest() for path in SAMPLE.rglob("*") if path.is_file()}
        kept = (path.name.partition(".")[0] for path in self.archive.glob("*.*"))
        return any(name not in sample for name in kept)

    @contextmanager
    def lock(self, patience: float = 1) -> Iterator[None]:
        """Be the only writer of this home; raises Trouble where another load is still running after `patience` seconds.

        The operating system lets go of the lock when its holder ends, however it ends.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            file = open(self.root / ".lock", "a+", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise Trouble(
                f"The home folder {self.root} cannot be written: {error.strerror}. Name another one with --home.",
                f"无法写入主目录 {self.root}：{error.strerror}。请用 --home 指定其他目录。",
            ) from error
        with file:
            if not _lock(file.fileno(), patience):
                holder = _holder(file.name)
                raise Trouble(
                    f"Another load is writing to {self.root} ({holder}). Wait until it is done, then try again.",
                    f"另一个装载任务正在写入 {self.root}（{holder}）。请等它结束后再试。",
                )
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}))
            file.flush()
            yield


def _holds_documents(folder: Path) -> bool:
    """Whether there is a file below `folder`, or something there that nobody may look into."""
    denied: list[OSError] = []
    walk = os.walk(folder, onerror=denied.append)
    named = any(not name.startswith(".") for _, _, names in walk for name in names)
    return named or any(isinstance(error, PermissionError) for error in denied)


def _lock(descriptor: int, patience: float) -> bool:
    """Take the lock; False where it is held all the while."""
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        else:
            return True


def _holder(lock_file: str) -> str:
    try:
        holder = json.loads(Path(lock_file).read_text("utf-8"))
    except ValueError:  # it is being written at this moment
        return "pid ?"
    return f"pid {holder['pid']}, {holder['host']}, {holder['since']}"


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")
