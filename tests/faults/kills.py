"""Kill loads at random moments of every stage while readers read, and see whether the next load makes all good.

python -m tests.faults.kills --kills 200 [--readers 8] [--chain 14] [--seed 1] [--stages …] [--folder DIR]

A round: a home with a published release gets a corrected and a new document; `chain` loads of them are killed (SIGKILL)
one after the other; the next one runs to its end and has to publish the same as a load that nothing disturbed. Every
other kill comes at a random time of a stage, whatever the load is doing; the others right before a random change that
the stage makes to the disk, where most can go wrong. The stages take turns. What was kept in DIR is not loaded again by
the next call, so that a long run can come in pieces; ^C ends a piece, and what it has seen is printed.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb

from orchestration import mark, release
from orchestration.home import REPOSITORY, Home
from tests.conftest import few_forms
from tests.faults import victim

STAGES = ("start", "documents", "lake", "parsed", "build", "marts", "release")


@dataclass
class Outcome:
    """What a run of the harness has seen."""

    kills: Counter[str] = field(default_factory=Counter)
    """By stage."""
    too_late: int = 0
    """Loads that had ended before they could be killed."""
    healed: int = 0
    dashboards: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Measured:
    """What a load that nothing disturbed publishes, and what its stages take."""

    contents: dict[str, str]
    seconds: dict[str, float]
    changes: dict[str, int]


def land(home: Home, corrected: bool) -> None:
    """Put documents into the landing folder: three forms of the sample, or a correction of them and the next year's."""
    text = few_forms()
    documents = {"2023/liuzhou.txt": text}
    if corrected:
        documents = {
            "2023/liuzhou.txt": text.replace("1,371,400", "1,371,500"),
            "2024/liuzhou.txt": text.replace("2023", "2024"),
        }
    for name, content in documents.items():
        file = home.landing / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")


def contents(home: Home) -> dict[str, str]:
    """Return a checksum of every public table that is served; when it was loaded aside."""
    served = release.current(home)
    assert served is not None
    sums: dict[str, str] = {}
    with duckdb.connect(str(served.database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() where schema_name = 'marts'"
            " and column_name not in ('release_id', 'built_at', 'loaded_at', 'modified_at') group by all order by all"
        ).fetchall()
        for table, names in columns:
            quoted = ", ".join(f'"{name}"' for name in names)
            query = f"select count(*) || ':' || coalesce(sum(hash({quoted})::hugeint), 0) from marts.\"{table}\""
            sums[table] = connection.execute(query).fetchall()[0][0]
    return sums


def undisturbed(home: Home) -> Measured:
    """Load once without any disturbance."""
    ended(victim.start(home))
    served = release.current(home)
    assert served is not None, victim.log(home).read_text("utf-8")
    return Measured(contents(home), served.manifest["seconds"], victim.changes(home))


def ended(process: BaseProcess) -> int | None:
    """Wait for the end of a load."""
    process.join()
    return process.exitcode


def killed_in_time(home: Home, stage: str, usual: float, dice: random.Random) -> BaseProcess:
    """Start a load and kill it at a random time of `stage`."""
    process = victim.start(home)
    while process.is_alive():
        now = mark._read(home)
        if now and now.pid == process.pid and now.stage and STAGES.index(now.stage) >= STAGES.index(stage):
            break
        time.sleep(0.002)
    process.join(dice.uniform(0, max(usual, 0.05)))
    if process.exitcode is None and process.pid is not None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return process


def killed_at_change(home: Home, stage: str, usual: int, dice: random.Random) -> BaseProcess:
    """Start a load that dies before a random change that `stage` makes to the disk."""
    process = victim.start(home, victim.Moment(stage, dice.randint(1, max(usual, 1))))
    process.join()
    return process


@contextmanager
def reading(link: Path, count: int, outcome: Outcome) -> Iterator[None]:
    """Let `count` readers read without pause."""
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.reader", str(link)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for reader in readers:
            said, _ = reader.communicate("")
            seen = json.loads(said)
            outcome.dashboards += seen["shown"]
            outcome.errors += [f"reader: {error}" for error in seen["errors"]]


def switch(link: Path, home: Home) -> None:
    """Lead the readers to another home, at once."""
    aside = link.with_name("aside")
    aside.symlink_to(home.root)
    aside.rename(link)


class Rounds:
    """One round after the other, in `folder`."""

    def __init__(self, folder: Path, seed: int, stages: Sequence[str]) -> None:
        self.folder, self.dice, self.outcome = folder, random.Random(seed), Outcome()
        self.link, self.base = folder / "link", Home(folder / "base")
        kept = folder / "measured.json"
        if not self.base.root.exists():
            land(self.base, corrected=False)
            undisturbed(self.base)
        if not kept.exists():
            kept.write_text(json.dumps(vars(undisturbed(self._changed("good")))), "utf-8")
        self.before, self.expected = contents(self.base), Measured(**json.loads(kept.read_text("utf-8")))
        assert self.before != self.expected.contents
        turns = [(kind, stage) for kind in ("time", "change") for stage in stages]
        self._turns = cycle(self.dice.sample(turns, len(turns)))
        switch(self.link, self.base)

    def one(self, number: int, chain: int) -> None:
        """Kill `chain` loads, then let one run to its end."""
        home = self._changed(f"round-{number}")
        switch(self.link, home)
        shutil.rmtree(self.folder / f"round-{number - 2}", ignore_errors=True)
        for _ in range(chain):
            if not self._kill(home):
                break
        self._heal(home)

    def _changed(self, name: str) -> Home:
        """Return a copy of the first home in which documents have landed."""
        home = Home(self.folder / name)
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(self.base.root, home.root, symlinks=True)
        land(home, corrected=True)
        return home

    def _kill(self, home: Home) -> bool:
        """Kill a load; False where it had ended before."""
        kind, stage = next(self._turns)
        if kind == "time":
            process = killed_in_time(home, stage, self.expected.seconds.get(stage, 1), self.dice)
        else:
            process = killed_at_change(home, stage, self.expected.changes.get(stage, 1), self.dice)
        left = mark.killed(home)
        died_in = (left.stage or "start") if left else "-"
        self._look(home, f"after a kill in {died_in} ({kind})")
        if process.exitcode == -signal.SIGKILL and left:
            self.outcome.kills[f"{died_in} ({kind})"] += 1
            print(json.dumps(vars(self.outcome)), file=sys.stderr, flush=True)
            return True
        if process.exitcode not in (0, -signal.SIGKILL):
            self.outcome.errors.append(f"a load failed by itself: {victim.log(home).read_text('utf-8')[-3000:]}")
        self.outcome.too_late += 1
        return False

    def _look(self, home: Home, when: str) -> None:
        """See whether what is served is whole, and the old release or the new one."""
        served = release.current(home)
        if served is None or (broken := release.verify(served)):
            self.outcome.errors.append(f"{when}: the current release is {'gone' if served is None else broken}")
        elif contents(home) not in (self.before, self.expected.contents):
            self.outcome.errors.append(f"{when}: the current release is neither the old nor the new one")

    def _heal(self, home: Home) -> None:
        """Let a load run to its end and compare."""
        if ended(victim.start(home)) != 0:
            self.outcome.errors.append(f"the next load failed: {victim.log(home).read_text('utf-8')[-3000:]}")
            return
        now, expected = contents(home), self.expected.contents
        different = sorted(table for table in {*now, *expected} if now.get(table) != expected.get(table))
        leftovers = [path.name for path in home.releases.glob(".*")]
        if different or leftovers or mark.killed(home):
            self.outcome.errors.append(f"the next load: differs in {different}, left behind {leftovers}")
        else:
            self.outcome.healed += 1


def run(
    folder: Path, kills: int, chain: int, seed: int, *, readers: int = 8, stages: Sequence[str] = STAGES
) -> Outcome:
    """Run the harness in `folder`; see the module."""
    rounds = Rounds(folder, seed, stages)
    outcome, number = rounds.outcome, 0
    with reading(rounds.link, readers, outcome), suppress(KeyboardInterrupt):
        while (done := outcome.kills.total()) < kills:
            number += 1
            rounds.one(number, min(chain, kills - done))
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--chain", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--folder", type=Path)
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory(prefix="jixiao-kills-") as temporary:
        folder = options.pop("folder") or Path(temporary)
        folder.mkdir(exist_ok=True)
        outcome = run(folder, **options)
    print(json.dumps(vars(outcome), indent=1))
    sys.exit(bool(outcome.errors))


if __name__ == "__main__":
    main()
