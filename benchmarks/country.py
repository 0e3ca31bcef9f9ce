"""Landing to release of a whole country: `uv run python -m benchmarks.country 10000 100000 --home DIR`.

For each number of declarations (ten years; three places from 100,000 on): the documents are written, `jixiao load` runs as
a user types it, then once more with one document on top, then eight clients ask the release
what BI tools ask (benchmarks/questions.py). Under
`systemd-run --scope -p MemoryMax=8G -p MemorySwapMax=0` the kernel gives all processes of the load together no more.
Processor seconds and peaks are of all processes of the load together.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.generate import forms
from benchmarks.questions import ask

YEARS = range(2014, 2024)
PLACES = ("450200", "450100", "450300")
FORMS_A_DOCUMENT = 1000


def write_landing(folder: Path, declarations: int) -> int:
    """Write `declarations` forms as documents of ten years; return their bytes.

    One year is made with varied cells; other years and places are that one with its own years and codes, some projects
    gone, some targets reworded.
    """
    places = PLACES if declarations >= 100_000 else PLACES[:1]
    once = list(forms(declarations // len(YEARS) // len(places)))
    written = 0
    for year in YEARS:
        for place in places:
            own = [_moved(form, year, place, number) for number, form in enumerate(once) if (number + year) % 20]
            (folder / str(year)).mkdir(parents=True, exist_ok=True)
            for start in range(0, len(own), FORMS_A_DOCUMENT):
                file = folder / str(year) / f"{place}-{start // FORMS_A_DOCUMENT:04}.txt"
                written += file.write_text("".join(own[start : start + FORMS_A_DOCUMENT]), "utf-8")
    return sum(file.stat().st_size for file in folder.rglob("*.txt"))


def _moved(form: str, year: int, place: str, number: int) -> str:
    moved = form.replace("2023年", f"{year}年").replace("\t450200", f"\t{place}")
    return moved.replace("批", "批次") if (number + year) % 10 == 0 else moved


def load(home: Path) -> dict[str, float]:
    """Load, and return seconds, processor seconds and the peak of memory in gigabytes, and what each stage took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.country", "--load", str(home)])
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _family(process.pid))))
        time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"the load failed: {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stages = json.loads((home / "current" / "manifest.json").read_text("utf-8"))["seconds"]
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor": round(processor, 1),
        "gigabytes": round(peak, 2),
        **stages,
    }


def _family(pid: int) -> list[int]:
    try:
        children = [
            int(child) for task in os.listdir(f"/proc/{pid}/task")
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split()
        ]  # fmt: skip
    except FileNotFoundError:
        return []
    return [pid, *(member for child in children for member in _family(child))]


def _resident(pid: int) -> float:
    """Return the gigabytes that are a process's alone (not the files that it has mapped)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    lines = [line.split() for line in status.splitlines() if line.startswith("RssAnon")]
    return int(lines[0][1]) / 1e6 if lines else 0


def measure(home: Path, declarations: int) -> dict:
    """Return everything that is measured at one size."""
    shutil.rmtree(home, ignore_errors=True)
    text = write_landing(home / "landing", declarations)
    whole = load(home)
    rows = json.loads((home / "current" / "manifest.json").read_text("utf-8"))["rows"]
    extra = home / "landing" / str(YEARS[-1]) / "more.txt"
    extra.write_text("".join(forms(25, seed=2)), "utf-8")
    return {
        "declarations": rows["fct_declaration"],
        "indicators": rows["fct_indicator_target"],
        "lines": rows["source_line"],
        "megabytes": round(text / 1e6),
        "load": whole,
        "one_more": load(home),
        "questions": ask(home / "current" / "warehouse.duckdb"),
        "disk_gigabytes": {part: _disk(home / part) for part in ("archive", "lake", "warehouse", "current/")},
    }


def _disk(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("declarations", type=int, nargs="*")
    parser.add_argument("--home", type=Path, default=Path("country"))
    parser.add_argument("--load", type=Path)
    asked = parser.parse_args()
    if asked.load:
        from orchestration.cli import main as jixiao  # noqa: PLC0415

        sys.argv = ["jixiao", "load", "--home", str(asked.load)]
        jixiao()
    for declarations in asked.declarations:
        print(json.dumps(measure(asked.home, declarations)), flush=True)


if __name__ == "__main__":
    main()
