"""Documents → LINES in batches: text in this process, costly formats in workers; no document stops another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from ingest import archive  # the module: archive reads members of zips with this package
from ingest.messages import quarantine
from ingest.readers.errors import Unreadable
from ingest.readers.formats import TEXT_FORMATS
from ingest.readers.text import Texts, read_texts, slices
from ingest.schema import LINES

READ: Final = pl.Schema(
    {
        "document_id": pl.String,
        "status": pl.String,  # read, quarantined
        "encoding": pl.String,  # of text formats, NULL for others
        "line_count": pl.UInt32,  # in this batch
    }
)
_MOST_DOCUMENTS: Final = 20_000


@dataclass(frozen=True)
class Batch:
    """Some documents, read.

    Attributes:
        lines: LINES, whole documents one after the other, or one slice of a large one.
        documents: READ, one row a document of the batch.
        quarantine: LAKE["quarantine"]: documents (line_start 0) and single lines that cannot be read; such lines are in
            `lines` too, for the ledger.
        slice_no: 0 for whole documents; from 1 on for the slices of one document.
        is_last: no further slice of the document follows.
    """

    lines: pl.DataFrame
    documents: pl.DataFrame
    quarantine: pl.DataFrame
    slice_no: int = 0
    is_last: bool = True


def read(documents: pl.DataFrame, cut: pl.Expr | None = None, batch_bytes: int = 32 * 1024 * 1024, workers: int = 2) -> Iterator[Batch]:
    """Read documents, in their order by kind: refused ones, small texts, large texts, other formats.

    Args:
        documents: DOCUMENTS (ingest.documents); rows of the statuses `document` and `quarantined` are answered for.
        cut: an expression over LINES, true for a line that starts a form: where a large text may be cut.
        batch_bytes: about how many bytes of text a batch holds; larger texts come in slices.
        workers: processes for the costly formats; 0 reads them in this process, without bounds of time and memory.
    """
    refused = documents.filter(pl.col("status") == "quarantined")
    if refused.height:
        yield _batch(Texts(refused=refused.select("document_id", "reason", "detail").to_dicts()))
    wanted = documents.filter(pl.col("status") == "document")
    is_text, is_large = pl.col("format").is_in(TEXT_FORMATS), pl.col("byte_size") > batch_bytes
    yield from _small_texts(wanted.filter(is_text & ~is_large), batch_bytes)
    for document in wanted.filter(is_text & is_large).iter_rows(named=True):
        yield from _large_text(document, batch_bytes, cut)


def _small_texts(documents: pl.DataFrame, batch_bytes: int) -> Iterator[Batch]:
    group = (pl.col("byte_size").cum_sum() // batch_bytes).alias("_group")
    for part in documents.with_columns(group).partition_by("_group", maintain_order=True):
        for some in part.iter_slices(_MOST_DOCUMENTS):
            named, refused = [], []
            for key, path, member in some.select("document_id", "path", "member").iter_rows():
                try:
                    with archive.content(path, member) as stream:
                        named.append((key, stream.read()))
                except Unreadable as error:
                    refused.append({"document_id": key, "reason": error.reason, "detail": error.detail or None})
            texts = read_texts(named)
            texts.refused += refused
            yield _batch(texts)


def _large_text(document: dict[str, Any], batch_bytes: int, cut: pl.Expr | None) -> Iterator[Batch]:
    key, slice_no, waiting = document["document_id"], 0, None
    try:
        with archive.content(document["path"], document["member"]) as stream:
            for texts in slices(key, stream, batch_bytes, cut):
                if waiting is not None:
                    slice_no += 1
                    yield _batch(waiting, slice_no, is_last=False)
                waiting = texts
    except Unreadable as error:
        waiting = waiting or Texts()
        waiting.refused.append({"document_id": key, "reason": error.reason, "detail": error.detail or None})
    if waiting is not None:
        yield _batch(waiting, slice_no + 1, is_last=True)


def _batch(texts: Texts, slice_no: int = 0, *, is_last: bool = True) -> Batch:
    refused = pl.DataFrame(texts.refused, schema_overrides=_REFUSED) if texts.refused else pl.DataFrame(schema=_REFUSED)
    refused = refused.with_columns(pl.lit(None, kind).alias(name) for name, kind in _REFUSED.items() if name not in refused.columns)
    rows = quarantine(refused.with_columns(pl.col("line_start", "line_end").fill_null(0), pl.col("raw_text").fill_null("")))
    counts = texts.lines.group_by("document_id", maintain_order=True).agg(line_count=pl.len())
    encodings = pl.DataFrame(list(texts.encodings.items()), schema=["document_id", "encoding"], orient="row")
    read_ = counts.join(encodings.cast(pl.String), on="document_id", how="left", maintain_order="left").with_columns(status=pl.lit("read"))
    lost = (
        rows.filter(pl.col("line_start") == 0)
        .select("document_id", status=pl.lit("quarantined"), line_count=pl.lit(0, pl.UInt32))
        .join(counts, on="document_id", how="anti")
    )
    answered = pl.concat([read_, lost], how="diagonal").select(pl.col(name).cast(kind) for name, kind in READ.items())
    return Batch(texts.lines.match_to_schema(LINES), answered, rows, slice_no, is_last)


_REFUSED: Final = pl.Schema(
    {
        "document_id": pl.String,
        "reason": pl.String,
        "detail": pl.String,
        "table_no": pl.UInt32,
        "line_start": pl.UInt32,
        "line_end": pl.UInt32,
        "raw_text": pl.String,
    }
)
