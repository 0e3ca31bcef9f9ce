"""Kill loads at random moments of every stage while readers read, and see whether the next load makes all good.

python -m tests.faults.kills --kills 200 [--readers 8] [--chain 4] [--seed 1]

A round: a home with a published release gets corrected and new documents; `chain` loads of them are killed (SIGKILL)
one after the other; the next one runs to its end and has to publish the same as a load that nothing disturbed.
"""

import argparse
import json
import multiprocessing as mp
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb

from orchestration import mark, release
from orchestration.home import SAMPLE, Home

REPOSITORY = Path(__file__).parents[2]
STAGES = ("start", "documents", "lake", "parsed", "build", "marts", "release")
_CONTEXT = mp.get_context("forkserver")
# What takes long to import and starts no threads: polars' own hang in a fork once it has worked.
_CONTEXT.set_forkserver_preload(["dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb"])


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


def land(home: Home, corrected: bool) -> None:
    """Put documents into the landing folder: the sample, or a correction of it and the next year's."""
    text = (SAMPLE / "2023" / "liuzhou-2023.txt").read_text("utf-8")
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


def load(root: str, log: str) -> None:
    """Load in this process, as the command line does; the process ends with the command's exit code."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from orchestration.load import load as run
    from orchestration.session import Silence

    try:
        run(Home(Path(root)), None, None, Silence())
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def start(home: Home) -> BaseProcess:
    process = _CONTEXT.Process(target=load, args=(str(home.root), str(home.root) + ".log"))
    process.start()
    return process


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


def kill_in(home: Home, stage: str, usual: float, dice: random.Random) -> str | None:
    """Start a load and kill it at a random moment of `stage`; return the stage it died in, None where it had ended."""
    process = start(home)
    while process.is_alive():
        now = mark._read(home)
        if now and now.pid == process.pid and now.stage and STAGES.index(now.stage) >= STAGES.index(stage):
            break
        time.sleep(0.002)
    process.join(dice.uniform(0, max(usual, 0.05)))
    if process.exitcode is not None:
        return None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    left = mark.killed(home)
    return left.stage if left else None


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


def undisturbed(home: Home, outcome: Outcome) -> tuple[dict[str, str], dict[str, float]]:
    """Return what an undisturbed load publishes, and how long its stages take."""
    process = start(home)
    process.join()
    served = release.current(home)
    assert process.exitcode == 0, Path(str(home.root) + ".log").read_text("utf-8")
    assert served is not None
    return contents(home), {stage: served.manifest["seconds"].get(stage, 1.0) for stage in STAGES}


def switch(link: Path, home: Home) -> None:
    aside = link.with_name("aside")
    aside.symlink_to(home.root)
    aside.rename(link)


def run(folder: Path, kills: int, readers: int, chain: int, seed: int) -> Outcome:
    """Run the harness in `folder`; see the module."""
    outcome, dice = Outcome(), random.Random(seed)
    base, link = Home(folder / "base"), folder / "link"
    land(base, corrected=False)
    undisturbed(base, outcome)
    good = Home(folder / "good")
    shutil.copytree(base.root, good.root, symlinks=True)
    land(good, corrected=True)
    expected, seconds = undisturbed(good, outcome)
    before = contents(base)
    assert before != expected
    switch(link, base)
    with reading(link, readers, outcome):
        number = 0
        while outcome.kills.total() < kills:
            number += 1
            home = Home(folder / f"round-{number}")
            shutil.copytree(base.root, home.root, symlinks=True)
            land(home, corrected=True)
            switch(link, home)
            one_round(home, before, expected, seconds, min(chain, kills - outcome.kills.total()), dice, outcome)
            stale = folder / f"round-{number - 2}"
            shutil.rmtree(stale, ignore_errors=True)
            print(
                json.dumps(
                    {"round": number, "kills": outcome.kills, "healed": outcome.healed, "errors": outcome.errors}
                ),
                flush=True,
            )
    return outcome


def one_round(  # noqa: PLR0917 - a round is what the command line says, and is called once
    home: Home,
    before: dict[str, str],
    expected: dict[str, str],
    seconds: dict[str, float],
    chain: int,
    dice: random.Random,
    outcome: Outcome,
) -> None:
    for _ in range(chain):
        stage = dice.choice(STAGES)
        died_in = kill_in(home, stage, seconds[stage], dice)
        served = release.current(home)
        if served is None or (broken := release.verify(served)):
            outcome.errors.append(
                f"after a kill in {died_in}: the current release is {'gone' if served is None else broken}"
            )
        elif (now := contents(home)) not in (before, expected):
            outcome.errors.append(
                f"after a kill in {died_in}: the current release is neither the old nor the new one: {now}"
            )
        if died_in is None:
            outcome.too_late += 1
            return
        outcome.kills[died_in or "start"] += 1
    process = start(home)
    process.join()
    if process.exitcode != 0:
        outcome.errors.append(f"the next load failed: {Path(str(home.root) + '.log').read_text('utf-8')[-3000:]}")
    elif different := {table for table, total in contents(home).items() if expected.get(table) != total}:
        outcome.errors.append(f"the next load differs in {sorted(different)}")
    elif leftovers := [path.name for path in home.releases.glob(".*")]:
        outcome.errors.append(f"left behind: {leftovers}")
    else:
        outcome.healed += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--chain", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jixiao-kills-") as folder:
        outcome = run(Path(folder), **vars(options))
    print(json.dumps(vars(outcome), indent=1))
    sys.exit(bool(outcome.errors))


if __name__ == "__main__":
    main()
