"""Arrow tables of documents in, parts of the lake out: the entry point for engines that send work to other machines.

What reads and parses is `ingest.batches.frames`, the same as in one process. Bytes never travel: a worker reads the
documents from the archive and writes its parts into the lake, both on storage that all machines share; what it returns
says what it wrote. The parts count once `ingest.lake.Writer` has adopted and committed them, so a task that is run again
does no harm.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

from ingest import batches, lake
from ingest.documents import DOCUMENTS

_NATIVE: Final = {"inode": pl.Int64}
"""Types of DOCUMENTS that not every engine has, as they travel."""
PARTS: Final = pa.schema([("part", pa.string())])


def table(documents: pl.DataFrame) -> pa.Table:
    """Return documents (DOCUMENTS) as a table for `parse`."""
    return documents.cast(_NATIVE).to_arrow(compat_level=pl.CompatLevel.oldest())  # pyright: ignore[reportArgumentType]


def parse(
    tables: Iterable[pa.RecordBatch], lake_folder: str, code_version: str, corrected: pl.DataFrame | None
) -> Iterator[pa.RecordBatch]:
    """Read and parse documents and store what was found.

    Args:
        tables: batches of what `table` returned.
        lake_folder: the lake, as this machine sees it.
        code_version: fingerprint of the reading code, kept with each document.
        corrected: the corrections in force (`ingest.corrections.load`).

    Yields:
        PARTS: one row a part, as `ingest.lake.Part.from_json` reads it.
    """
    for some in tables:
        documents = pl.DataFrame(pl.from_arrow(some)).cast(dict(DOCUMENTS)).select(DOCUMENTS.names())  # pyright: ignore[reportArgumentType]
        for batch in batches.frames(documents, code_version, corrected):
            parts = lake.store(Path(lake_folder), batch.frames, batch.years)
            yield pa.RecordBatch.from_pydict({"part": [part.to_json() for part in parts]}, schema=PARTS)
