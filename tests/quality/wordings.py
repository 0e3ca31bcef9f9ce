"""Indicators as people word them, each with the rules of a single indicator that should speak, read one by one."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.quality.forms import Form, instead


@dataclass(frozen=True)
class Wording:
    """One indicator in an otherwise sound declaration of 1,000,000 yuan for 2023."""

    form: Form
    content: str
    target: str
    rules: list[str]


def _read() -> list[Wording]:
    with (Path(__file__).parent / "wordings.csv").open(encoding="utf-8", newline="") as file:
        return [
            Wording(
                instead(1000 + number, row["level2"], row["content"], row["target"]),
                row["content"],
                row["target"],
                row["rules"].split(),
            )
            for number, row in enumerate(csv.DictReader(file))
        ]


WORDINGS = _read()
