"""What a load proposes: the values that it measured and that no accepted baseline covers."""

from collections.abc import Iterable
from pathlib import Path

from expectations import accepted, baselines
from expectations.accepted import Entry
from expectations.results import Measure


def write(gate: str, measures: Iterable[Measure], accepted_file: Path, proposed_file: Path) -> list[Entry]:
    """Write what `gate` has measured and nobody has accepted to `proposed_file`; return all that is proposed.

    New years and breaches are proposed; what a reviewer has set in the proposed file stays.
    """
    metrics = baselines.metrics()
    held = {entry.key: entry for entry in accepted.read(accepted_file)}
    before = {entry.key: entry for entry in accepted.read(proposed_file)}
    found = {(m.metric, m.fiscal_year): m.value for m in measures if m.fiscal_year is not None}
    gone = {key: 0.0 for key in held if key[0] in metrics and metrics[key[0]].kind == "count" and key not in found}
    measured = {key: value for key, value in (found | gone).items() if metrics[key[0]].gate == gate}
    proposals = [entry for key, entry in before.items() if key[0] in metrics and metrics[key[0]].gate != gate]
    for key, value in measured.items():
        old = held.get(key)
        if old and _holds(old, value):
            continue
        rule = before.get(key) or old or metrics[key[0]]
        proposals.append(Entry(*key, value, rule.tolerance, rule.below, rule.above, old.value if old else None))
    if proposals != list(before.values()):
        accepted.write(proposed_file, proposals)
    return proposals


def _holds(entry: Entry, value: float) -> bool:
    lowest, highest = baselines.span(entry)
    return lowest <= value <= highest
