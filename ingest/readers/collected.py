"""What reading some documents gave, before it is made a batch."""

from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from ingest.readers.limits import LIMITS
from ingest.schema import LINES

_BEGINNING: Final = 2000
"""So many characters are kept of a line that no form has."""


@dataclass
class Collected:
    """Lines of some documents, or of a slice of one.

    Attributes:
        lines: LINES.
        encodings: encoding by document_id, of the documents that could be read; None where the format has none.
        refused: quarantine rows (ingest.messages.quarantine) of documents, and of lines that are in `lines` too.
    """

    lines: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINES))
    encodings: dict[str, str | None] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, lines: pl.DataFrame, reason: str) -> None:
        """Say of lines that they cannot be read."""
        self.refused += lines.select(
            "document_id",
            "table_no",
            line_start="line_no",
            line_end="line_no",
            raw_text=pl.col("raw_text").str.slice(0, _BEGINNING),
            reason=pl.lit(reason),
        ).to_dicts()

    def refuse_oversized(self) -> None:
        """Refuse lines that no form has, longer than limits.yml says or with more cells, and keep their beginnings."""
        raw = pl.col("raw_text")
        if not self.lines.select((raw.str.len_bytes() > LIMITS.line_cells).any()).item():
            return
        separators = pl.max_horizontal(raw.str.count_matches(mark, literal=True) for mark in "\t|")
        long = raw.str.len_bytes() > LIMITS.line_bytes
        wide = ~long & (raw.str.len_bytes() > LIMITS.line_cells) & (separators >= LIMITS.line_cells)
        for which, reason in ((long, "line_too_long"), (wide, "too_many_columns")):
            self.refuse(self.lines.filter(which), reason)
        self.lines = self.lines.with_columns(pl.when(long | wide).then(raw.str.slice(0, _BEGINNING)).otherwise(raw))
