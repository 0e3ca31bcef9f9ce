"""Parsing and typing against the floor and against a plain loop, in one run: `uv run python -m benchmarks.ingest`.

The floor is what nobody can avoid: read the lines, split them on tabs, explode, drop the blanks, streaming. Each figure is
the best of some rounds in a process of its own, so that memory is its own too; ratios are what to quote. Those by the
clock need a machine that does nothing else; those of processor time hold on a busy one too.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.generate import forms

SIZES = (50, 100, 200)


def floor(file: Path) -> int:
    """Count the cells of the file."""
    text = pl.col("line").str.split("\t")
    cells = pl.scan_lines(file, name="line").select(text).explode("line").filter(pl.col("line").str.strip_chars() != "")
    return cells.select(pl.len()).collect(engine="streaming").item()


def ours(file: Path) -> int:
    """Read, parse and type the file; return how many indicators it holds."""
    from ingest import batches, documents  # noqa: PLC0415 - each way pays for its own imports, outside the clock

    found = documents.scan(file.parent).filter(pl.col("status") == "document")
    return sum(batch.frames["indicator"].height for batch in batches.frames(found, "benchmark"))


def loop(file: Path) -> int:
    """The same by a plain Python loop, over the first 20 MB: it is linear, and slow."""
    from benchmarks.line_loop import parse  # noqa: PLC0415

    with file.open(encoding="utf-8") as lines:
        return len(parse(lines.read(7_000_000).rsplit("\n2023年度", 1)[0])[1])


WAYS = {"floor": floor, "ours": ours, "loop": loop}


def run(way: str, file: Path, rounds: int) -> dict[str, float]:
    """Run one way in a process of its own: best seconds, and the peak of memory in GB."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--one", way, str(file), "--rounds", str(rounds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def one(way: str, file: Path, rounds: int) -> None:
    """Time one way and print its figures as JSON."""
    seconds, busy = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        count = WAYS[way](file)
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": min(seconds), "processor": min(busy), "count": count, "gigabytes": peak}))


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--one", nargs=2)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    given = arguments.parse_args()
    if given.one:
        one(given.one[0], Path(given.one[1]), given.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        print(
            "MB     floor MB/s  ours MB/s  loop MB/s  ours/floor  ours/loop  processor: ours/floor  ours/loop  memory GB"
        )
        for size in given.sizes:
            file = Path(folder) / str(size) / "2023" / "forms.txt"
            file.parent.mkdir(parents=True)
            with file.open("w", encoding="utf-8") as out:
                out.writelines(forms(megabytes=size))
            least, own = run("floor", file, given.rounds), run("ours", file, given.rounds)
            slow = run("loop", file, 1)
            share = slow["count"] / own["count"]  # the loop reads a part of the file
            fast, mine, plain = size / least["seconds"], size / own["seconds"], size * share / slow["seconds"]
            print(
                f"{size:<6} {fast:<11.0f} {mine:<10.1f} {plain:<10.1f} 1/{fast / mine:<9.1f} {mine / plain:<10.1f}"
                f" 1/{own['processor'] / least['processor']:<20.1f}"
                f" {slow['processor'] / share / own['processor']:<10.1f} {own['gigabytes']:.2f}"
            )


if __name__ == "__main__":
    main()
