"""Marts and rules of many years: from nothing, one more year on top, one more document on top.

`uv run python -m benchmarks.warehouse` (100,000 declarations of ten years; `--declarations 1000000` for a country's).
Each build runs in a process of its own. Quote the ratios of processor seconds: they hold on a busy machine too. What was
built in steps is compared with the build from nothing by checksums of all published tables.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import history
from orchestration import transform
from orchestration.home import Home

STEPS = ("years before", "a year on top", "a document on top", "all from nothing")


def build(home: Home) -> dict:
    """Build what the lake of `home` holds, on top of what was built before; return the figures."""
    transform.parse(home)
    before, began = _processor_seconds(), time.perf_counter()
    done = transform.build(home, "benchmark", lambda *_: None)
    if done.blocking:
        raise RuntimeError(f"{[(node.name, node.message) for node in done.blocking]}")
    return {
        "seconds": time.perf_counter() - began,
        "processor": _processor_seconds() - before,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "nodes": {node.name: node.seconds for node in done.nodes},
    }


def checksums(home: Home) -> dict[str, tuple[int, int]]:
    """Return rows and a checksum of every published table, whatever the order of its rows; columns of time aside."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(home.database), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, string_agg(column_name, ', ' order by column_name) from duckdb_columns()"
            " where schema_name = 'marts' and table_name <> 'release'"
            " and column_name not in ('loaded_at', 'built_at') group by all order by all"
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), coalesce(sum(hash({columns})::hugeint), 0) from marts.{table}"
            ).fetchone()  # pyright: ignore[reportReturnType]
            for table, columns in tables
        }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _in_a_process(home: Home) -> dict:
    command = [sys.executable, "-m", "benchmarks.warehouse", "--one", str(home.root)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


def measure(home: Home, declarations: int, count: int) -> dict[str, dict]:
    """Return the figures of each of STEPS."""
    figures = {}
    last = history.YEAR
    for year, places in history.years(declarations, count):
        if year == last:
            figures["years before"] = _in_a_process(home)
        for frames in places:
            history.write(home.lake, frames)
    figures["a year on top"] = _in_a_process(home)
    history.write(home.lake, history.moved(history.read_once(25, seed=2), last, history.PLACES[0]))
    figures["a document on top"] = _in_a_process(home)
    in_steps = checksums(home)
    shutil.rmtree(home.warehouse)
    figures["all from nothing"] = _in_a_process(home)
    differing = [table for table, found in checksums(home).items() if found != in_steps[table]]
    if differing:
        raise RuntimeError(f"built in steps and at once differ: {differing}")
    return figures


def report(figures: dict[str, dict], slowest: int = 25) -> None:
    """Print the table of steps, and of the models that take longest."""
    whole = figures["all from nothing"]
    print("step               seconds  processor s  of a rebuild  memory GB")
    for step in STEPS:
        found = figures[step]
        share = found["processor"] / whole["processor"]
        print(
            f"{step:<18} {found['seconds']:<8.1f} {found['processor']:<12.1f} {share:<13.1%} {found['gigabytes']:.2f}"
        )
    print("\nseconds of each    " + "  ".join(f"{step:>18}" for step in STEPS))
    ranked = sorted(whole["nodes"], key=lambda name: -max(figures[step]["nodes"].get(name, 0) for step in STEPS))
    for name in ranked[:slowest]:
        print(f"{name:<30} " + "  ".join(f"{figures[step]['nodes'].get(name, 0):>10.2f}" for step in STEPS))


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--one", type=Path)
    arguments.add_argument("--declarations", type=int, default=100_000)
    arguments.add_argument("--years", type=int, default=10)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(build(Home(given.one))))
        return
    with tempfile.TemporaryDirectory() as folder:
        report(measure(Home(Path(folder)), given.declarations, given.years))


if __name__ == "__main__":
    main()
