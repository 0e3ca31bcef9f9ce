"""A reader without pause: a dashboard after the other on what is served, each of which has to be of one release.

python -m tests.faults.reader LINK   until its input ends; then prints how many dashboards it has shown, and every error.
LINK is a link to the home that is read.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import duckdb

TABLES = ("fct_declaration", "fct_indicator_target", "fct_project_funding", "source_line", "fct_quality_finding")


def dashboard(link: Path) -> None:
    """Open what is served, ask several questions, and compare the answers with the release's own manifest."""
    folder = Path(os.path.realpath(link / "current"))
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True, config={"threads": 1}) as connection:
        connection.execute("use marts")
        first = connection.execute("select release_id from release").fetchall()
        # A release that nobody holds may leave; from here on this reader holds it.
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        rows = {name: connection.execute(f"select count(*) from {name}").fetchall()[0][0] for name in TABLES}
        orphans = connection.execute(
            "select count(*) from fct_indicator_target anti join fct_declaration using (declaration_key)"
        ).fetchall()
        last = connection.execute("select release_id from release").fetchall()
    expected = {name: manifest["rows"][name] for name in TABLES}
    if first != [(folder.name,)] or last != first or rows != expected or orphans != [(0,)]:
        raise AssertionError(f"mixed release: {folder.name} {first} {last} {rows} {expected} {orphans}")


def main(link: Path) -> None:
    # Readers get what the load leaves: they are to be many, not to be in its way.
    os.nice(19)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is for the harness: it closes the readers' input
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    shown, errors = 0, []
    while not ended.is_set():
        try:
            dashboard(link)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        shown += 1
    print(json.dumps({"shown": shown, "errors": errors}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
