"""What lies in the landing folder, against what the last load found there: for who watches it, not for who loads it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ingest import documents
from orchestration.home import Home

_HELD = pl.col("status").is_in(["document", "quarantined"])


@dataclass(frozen=True)
class Arrivals:
    """One look at the landing folder."""

    look: str
    """Names, sizes and times: the same twice where nobody is writing."""
    key: str
    """Names and bytes, and after which load they were seen: what is loaded, replaced and put back is loaded again."""
    years: list[int]
    """Fiscal years that the names say."""
    is_new: bool
    """Whether it is not what the last load found."""


def look(home: Home) -> Arrivals | None:
    """Look at the landing folder; None where it holds no documents."""
    if not home.landing.exists():
        return None
    memo = home.lake / "landed.parquet"
    last = pl.read_parquet(memo) if memo.exists() else None
    since = memo.stat().st_mtime_ns if last is not None else 0
    found = documents.scan(home.landing, known=last).filter(_HELD)
    if found.is_empty():
        return None
    before = _content(last.filter(_HELD)) if last is not None else ""
    content = _content(found)
    stats = _digest(found.select("path", "file_size", "modified_ns", "inode").iter_rows())
    return Arrivals(
        stats, f"{content}-{since:x}", sorted(found["fiscal_year"].drop_nulls().unique()), content != before
    )


def _content(found: pl.DataFrame) -> str:
    return _digest(found.select("file_name", "document_id").sort("file_name").iter_rows())


def _digest(rows: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, rows)).encode()).hexdigest()[:16]
