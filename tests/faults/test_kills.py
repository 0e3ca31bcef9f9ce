"""A sample of the fault harness: a load is killed in the lake, the next one while it publishes, the third one makes all good.

`python -m tests.faults.kills --kills 200` is the whole of it; docs/faults.md says what came of that.
"""

import shutil
from pathlib import Path

from tests.faults import kills


def test_killed_loads_hurt_no_reader_and_the_next_one_makes_good(sample_home: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_home, tmp_path / "base", symlinks=True)
    outcome = kills.run(tmp_path, kills=2, readers=2, chain=2, seed=390)
    assert outcome.errors == []
    assert dict(outcome.kills) == {"lake (change)": 1, "release (change)": 1}
    assert outcome.healed == 1
    assert outcome.dashboards > 0
