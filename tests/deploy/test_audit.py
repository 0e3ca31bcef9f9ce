"""The audit of dependencies: what is loose, forbidden or known to be broken is named."""

import json
import subprocess
import sys
from pathlib import Path

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
HASH = "--hash=sha256:" + "0" * 64


def audit(lock: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, AUDIT, "--lock", lock, *arguments], capture_output=True, text=True, check=False
    )


def test_the_projects_own_lock_passes() -> None:
    done = subprocess.run([sys.executable, AUDIT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_pin_without_hash_or_without_version_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text(f"duckdb==2.0.0\npolars>=2 {HASH}\npyarrow==26.0.0 \\\n    {HASH}\n")
    done = audit(lock)
    assert done.returncode == 1
    assert "duckdb==2.0.0: not pinned" in done.stdout
    assert "polars>=2: not pinned" in done.stdout
    assert "pyarrow" not in done.stdout


def test_an_advisory_counts_for_the_versions_that_it_names(tmp_path: Path) -> None:
    lock, folder = tmp_path / "lock", tmp_path / "advisories"
    lock.write_text(f"duckdb==2.0.0 {HASH}\npolars==2.1.0 {HASH}\n")
    folder.mkdir()
    for name, events in {
        "duckdb": [{"introduced": "1.9"}, {"fixed": "2.0.1"}],
        "polars": [{"introduced": "0"}, {"fixed": "2.1.0"}],
    }.items():
        ranges = [{"type": "ECOSYSTEM", "events": events}]
        affected = [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}]
        (folder / f"{name}.json").write_text(
            json.dumps({"id": f"PYSEC-{name}", "summary": "bad", "affected": affected})
        )
    done = audit(lock, "--advisories", folder)
    assert done.returncode == 1
    assert "duckdb 2.0.0: PYSEC-duckdb bad" in done.stdout
    assert "polars" not in done.stdout
