"""Baselines: what counts, fill rates and shares are expected to be, by fiscal year, and what they are.

Bounds stand in `baselines.yml`, with a reason and a date each. A home may hold accepted values by fiscal year in a file
of the same shape as `Accepted`; a year without one is measured and proposed, never failed.
"""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from expectations.results import Measure
from expectations.suites import Check, rows_check

FILE = Path(__file__).with_name("baselines.yml")


@cache
def _reviewed(gate: str) -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8")).get(gate, {"metrics": {}, "bounds": []})


def measure(gate: str, database: Path) -> list[Measure]:
    """Return every metric of `gate` for every fiscal year in `database`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            Measure(name, year, round(float(value), 6))
            for name, metric in _reviewed(gate)["metrics"].items()
            for year, value in connection.execute(metric["sql"] + " order by all").fetchall()
            if value is not None
        ]


def checks(gate: str, accepted: Path | None = None) -> list[Check]:
    """Return the bounds as checks, the reviewed ones and those that the home's owner accepted."""
    reviewed = _reviewed(gate)
    own = yaml.safe_load(accepted.read_text("utf-8")) or [] if accepted and accepted.exists() else []
    bounds = [*reviewed["bounds"], *(_bounds(entry) for entry in own if entry["metric"] in reviewed["metrics"])]
    return [_check(reviewed["metrics"][bound["metric"]], bound) for bound in bounds]


def _bounds(entry: dict[str, Any]) -> dict[str, Any]:
    """Turn an accepted value with its tolerance (0.1: a tenth up or down) into a bound."""
    spread = abs(entry["value"]) * entry["tolerance"]
    return {**entry, "min": entry["value"] - spread, "max": entry["value"] + spread}


def _check(metric: dict[str, Any], bound: dict[str, Any]) -> Check:
    limits = [f"value {sign} {bound[side]}" for side, sign in (("min", "<"), ("max", ">")) if side in bound]
    year = f" and fiscal_year = {int(bound['fiscal_year'])}" if "fiscal_year" in bound else ""
    query = f"select * from ({metric['sql']}) where ({' or '.join(limits)}){year}"  # noqa: S608
    span = " … ".join(str(bound.get(side, "")) for side in ("min", "max")).strip()
    severity = "critical" if bound["on_breach"] == "block" else "warning"
    en, zh = f"{metric['en']} within {span}: {bound['reason']}", f"{metric['zh']}应在 {span} 之间"
    return rows_check(metric["table"], (en, zh), query, severity, ["fiscal_year"])
