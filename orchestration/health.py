"""Is what is served in order, in a machine's words: a health report and figures for Prometheus, over HTTP."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import duckdb

from orchestration import clock, mark, release
from orchestration.alerts import state
from orchestration.home import Home
from orchestration.trouble import not_listening


def report(home: Home) -> dict[str, Any]:
    """Return what a monitor asks: `healthy`, and why not.

    A release has to be served, whole, no load killed, and the state of the alerts readable: else nobody is told of anything.
    """
    served = release.current(home)
    whole = served is not None and release.is_whole(served)
    left = mark.killed(home)
    problems, waiting, unreadable = Counter[str](), None, None
    try:
        with state.seen(home) as kept:
            problems.update(str(case.problem.severity) for case in kept.open())
            waiting = len(kept.waiting())
    except sqlite3.DatabaseError as error:
        unreadable = str(state.damaged(home, error))
    return {
        "healthy": whole and left is None and unreadable is None,
        "release_id": served.release_id if served else None,
        "created_at": served.manifest.get("created_at") if served and whole else None,
        "release_is_whole": whole,
        "load_under_way": mark.under_way(home),
        "load_killed_in": left.stage if left else None,
        "open_problems": dict(problems),
        "alerts_waiting": waiting,
        "alerts_unreadable": unreadable,
    }


def metrics(home: Home, now: datetime | None = None) -> str:
    """Return the figures in Prometheus' text format."""
    lines = []
    for name, words, rows in _figures(home, now or clock.now()):
        lines += [f"# HELP jixiao_{name} {words}", f"# TYPE jixiao_{name} gauge"]
        for labels, value in rows.items():
            inner = ",".join(f'{key}="{text}"' for key, text in labels)
            lines.append(f"jixiao_{name}{'{' + inner + '}' if inner else ''} {float(value):.10g}")
    return "\n".join(lines) + "\n"


Rows = dict[tuple[tuple[str, str], ...], float]
"""Labels → value."""


def _figures(home: Home, now: datetime) -> Iterator[tuple[str, str, Rows]]:
    seen = report(home)
    yield "healthy", "Whether a release is served and whole and no load was killed.", {(): seen["healthy"]}
    yield "load_under_way", "Whether a load is under way.", {(): seen["load_under_way"]}
    yield "alerts_readable", "Whether the state of the alerts can be read.", {(): seen["alerts_unreadable"] is None}
    if seen["alerts_unreadable"] is None:
        yield "alerts_waiting", "Messages that wait for their channel.", {(): seen["alerts_waiting"]}
        severities = {severity: seen["open_problems"].get(severity, 0) for severity in ("error", "warning", "info")}
        yield "open_problems", "Open problems by severity.", _labelled("severity", severities)
    served = release.current(home)
    if served is None or not seen["release_is_whole"]:
        return
    manifest = served.manifest
    created = datetime.fromisoformat(manifest["created_at"]).timestamp()
    yield "release_created_seconds", "When the current release was made.", {(): created}
    yield "release_age_seconds", "Age of the current release.", {(): now.timestamp() - created}
    yield "rows", "Rows of each published table.", _labelled("table", manifest["rows"])
    yield "stage_seconds", "How long each stage of the last load took.", _labelled("stage", manifest["seconds"])
    yield "findings", "Findings of the quality rules by severity.", _labelled("severity", _findings(served))


def _labelled(name: str, values: dict[str, float]) -> Rows:
    return {((name, key),): value for key, value in values.items()}


def _findings(served: release.Release) -> dict[str, float]:
    with duckdb.connect(str(served.database), read_only=True) as connection:
        query = "select severity, count(*) from marts.fct_quality_finding group by all order by all"
        return dict(connection.execute(query).fetchall())


def server(home: Home, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server of /health (200 or 503, JSON) and /metrics, which the caller lets serve; raises Trouble where it cannot."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, "text/plain; version=0.0.4", metrics(home))
            elif self.path == "/health":
                seen = report(home)
                self._answer(200 if seen["healthy"] else 503, "application/json", json.dumps(seen, ensure_ascii=False))
            else:
                self._answer(404, "text/plain", "There are /health and /metrics.\n")

        def _answer(self, code: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(code)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a monitor asks every few seconds."""

    try:
        return ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise not_listening(host, port, error) from error
