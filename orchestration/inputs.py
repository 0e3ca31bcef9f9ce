"""What a release is made of, as fingerprints: work is keyed by its input and by the code that does it."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from ingest import lake
from orchestration.home import REPOSITORY, Home

_CODE = {".py", ".yml", ".yaml", ".csv", ".sql"}
_PACKAGES = ("ingest", "expectations", "dbt_project", "orchestration")


def reading_code(home: Home) -> str:
    """Return the fingerprint of what turns documents into frames: the code and profiles of ingest, the corrections."""
    if not home.corrections.exists():
        return _folder("ingest")
    return hashlib.sha256(_folder("ingest").encode() + home.corrections.read_bytes()).hexdigest()[:16]


@cache
def code() -> dict[str, str]:
    """Return the fingerprint of each of the project's packages."""
    return {package: _folder(package) for package in _PACKAGES}


def key(home: Home) -> str:
    """Return the fingerprint of all that a release of `home` would be made of: the lake, the code, the decisions."""
    digest = hashlib.sha256(repr(sorted(code().items())).encode())
    for file in (home.lake / "index.json", home.withdrawn, home.baselines):
        digest.update(file.read_bytes() if file.exists() else b"-")
    return digest.hexdigest()


def documents(home: Home) -> list[dict[str, Any]]:
    """Return what the manifest says of each document in the lake."""
    columns = ["document_id", "file_name", "fiscal_year", "byte_size", "status"]
    return lake.documents(home.lake).select(columns).sort("file_name").to_dicts()


@cache
def _folder(package: str) -> str:
    root = REPOSITORY / package
    digest = hashlib.sha256()
    for file in sorted(path for path in root.rglob("*") if path.suffix in _CODE and _is_source(path.relative_to(root))):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _is_source(path: Path) -> bool:
    return not {"target", "logs", "sample", "__pycache__"}.intersection(path.parts)
