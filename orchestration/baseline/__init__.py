"""The baselines of a home: what counts, fill rates and shares were accepted to be, and what the last load found instead."""

from collections.abc import Iterator
from contextlib import contextmanager

from expectations import accepted as files
from expectations import baselines, proposals
from expectations.accepted import Entry
from expectations.results import GateResult
from orchestration import clock
from orchestration.home import Home
from orchestration.trouble import Trouble


def accepted(home: Home) -> list[Entry]:
    """Return what the home's owner has accepted; raises Trouble that says what is wrong in the file."""
    with _said():
        return baselines.read(home.baselines)


def proposed(home: Home) -> list[Entry]:
    """Return what waits for somebody to accept it; raises Trouble that says what is wrong in the file."""
    with _said():
        return baselines.read(home.proposed_baselines)


def propose(home: Home, gate: GateResult) -> list[Entry]:
    """Write down what `gate` has measured and nobody has accepted; return all that is proposed."""
    with _said():
        return proposals.write(gate.gate, gate.measures, home.baselines, home.proposed_baselines)


def accept(home: Home, year: int | None, reason: str) -> list[Entry]:
    """Accept what is proposed (for `year`, or all), with the reason; raises Trouble where there is nothing."""
    if not reason.strip():
        raise Trouble("A reason is needed: who reads it in a year will want to know.", "请写明原因，供日后查考。")
    years = ", ".join(map(str, sorted({entry.fiscal_year for entry in proposed(home)}))) or "–"
    with _said():
        taken = files.accept(home.baselines, home.proposed_baselines, year, reason.strip(), clock.now().date())
    if not taken:
        raise Trouble(
            f"Nothing is proposed{f' for {year}' if year else ''} (proposed: {years}). A load proposes what it measures"
            f" and nobody has accepted: uv run jixiao load{home.option}",
            f"没有待确认的基线{f'（{year} 年）' if year else ''}（待确认年度：{years}）。"
            f"装载会提议测得而尚未确认的值：uv run jixiao load{home.option}",
        )
    return taken


@contextmanager
def _said() -> Iterator[None]:
    """Say in plain words what is wrong in a file that people edit."""
    try:
        yield
    except ValueError as error:
        raise Trouble(
            f"The baselines cannot be used. {error}. Mend the entry, or remove the file: a load proposes anew what it"
            " measures.",
            f"基线文件有误：{error}。请修正该条目，或删除该文件，装载时会重新提议实测值。",
        ) from error
