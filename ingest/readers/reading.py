"""Documents → LINES in batches: text in this process, costly formats in workers; no document stops another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from ingest import archive  # the module: archive reads members of zips with this package
from ingest.messages import quarantine
from ingest.readers.collected import Collected
from ingest.readers.dialects import dialects
from ingest.readers.encodings import BREAKS, INVISIBLE, RADICAL, RADICALS
from ingest.readers.errors import Unreadable
from ingest.readers.formats import TEXT_FORMATS
from ingest.readers.rows import Rows
from ingest.readers.tables import Source, read_tables
from ingest.readers.text import MOST_LINES, read_texts, slices
from ingest.schema import LINES

READ: Final = pl.Schema(
    {
        "document_id": pl.String,
        "status": pl.String,  # read, quarantined
        "encoding": pl.String,  # of txt, md and html; NULL for others
        "line_count": pl.UInt32,  # in this batch
    }
)
UNSEEN: Final = ("hidden_sheet", "hidden_row", "unruled_table")
"""Reasons of lines that nobody sees who opens the document, or can tell apart: kept for the ledger, part of no form."""
_MOST_DOCUMENTS: Final = 20_000
_TABLES: Final = 0.5
"""From this share of rows among a document's lines on, its forms are tables."""
_MANY_LINES: Final = 10_000
_UNTIDY: Final = f"{BREAKS}|{INVISIBLE}|{RADICAL}"
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


@dataclass(frozen=True)
class Batch:
    """Some documents, read.

    Attributes:
        lines: LINES, whole documents one after the other, or one slice of a large one.
        documents: READ, one row a document of the batch.
        quarantine: LAKE["quarantine"]: documents (line_start 0) and runs of lines that cannot be read; such lines are
            in `lines` too, for the ledger.
        slice_no: 0 for whole documents; from 1 on for the slices of one document.
        is_last: no further slice of the document follows.
    """

    lines: pl.DataFrame
    documents: pl.DataFrame
    quarantine: pl.DataFrame
    slice_no: int = 0
    is_last: bool = True


def read(
    documents: pl.DataFrame, cut: pl.Expr | None = None, batch_bytes: int = 48 * 1024 * 1024, workers: int = 2
) -> Iterator[Batch]:
    """Read documents: first those refused already, then small texts, large texts, other formats, each in their order.

    Args:
        documents: DOCUMENTS (ingest.documents); rows of the statuses `document` and `quarantined` are answered for.
        cut: an expression over LINES, true for a line that starts a form: where a large text may be cut.
        batch_bytes: about how many bytes of text a batch holds; larger texts come in slices.
        workers: processes for the costly formats; 0 reads them in this process, without bounds of time and memory.
    """
    refused = documents.filter(pl.col("status") == "quarantined").select("document_id", "reason", "detail")
    if refused.height:
        yield _batch(Collected(refused=refused.to_dicts()))
    wanted = documents.filter(pl.col("status") == "document")
    is_text, is_large = pl.col("format").is_in(TEXT_FORMATS), pl.col("byte_size") > batch_bytes
    yield from _small_texts(wanted.filter(is_text & ~is_large), batch_bytes, cut)
    for document in wanted.filter(is_text & is_large).iter_rows(named=True):
        yield from _large_text(document, batch_bytes, cut)
    yield from _tables(wanted.filter(~is_text), batch_bytes, workers)


def _small_texts(documents: pl.DataFrame, batch_bytes: int, cut: pl.Expr | None) -> Iterator[Batch]:
    group = (pl.col("byte_size").cum_sum() // batch_bytes).alias("_group")
    for part in documents.with_columns(group).partition_by("_group", maintain_order=True):
        for some in part.iter_slices(_MOST_DOCUMENTS):
            held: list[tuple[str, bytes]] = []
            refused: list[dict[str, Any]] = []
            lines = 0
            for document in some.iter_rows(named=True):
                try:
                    with archive.content(document["path"], document["member"]) as stream:
                        data = stream.read()
                except Unreadable as error:
                    refused.append(_refusal(document["document_id"], error))
                    continue
                mine = data.count(b"\n")
                if lines + mine > MOST_LINES and mine > _MANY_LINES:  # next to nothing but ends of lines
                    yield from _large_text(document, batch_bytes, cut)
                else:
                    lines += mine
                    held.append((document["document_id"], data))
            texts = read_texts(held)
            texts.refused += refused
            yield _batch(texts)


def _large_text(document: dict[str, Any], batch_bytes: int, cut: pl.Expr | None) -> Iterator[Batch]:
    key, slice_no, rest = document["document_id"], 0, Collected()
    try:
        with archive.content(document["path"], document["member"]) as stream:
            for texts, is_last in slices(key, stream, batch_bytes, cut):
                slice_no += 1
                yield _batch(texts, slice_no, is_last=is_last)
                if is_last:
                    return
                rest = Collected(encodings=texts.encodings)
                del texts
    except Unreadable as error:
        rest.refused.append(_refusal(key, error))
    yield _batch(rest, slice_no + 1, is_last=True)


def _tables(documents: pl.DataFrame, batch_bytes: int, workers: int) -> Iterator[Batch]:
    columns = ("document_id", "format", "byte_size", "path", "member")
    sources = [Source(*row) for row in documents.select(columns).iter_rows()]
    held, refused, size = [], [], 0
    for result in read_tables(sources, workers):
        if isinstance(result.rows, Unreadable):
            refused.append(_refusal(result.document_id, result.rows))
            continue
        held.append((result.document_id, result.rows))
        size += sum(map(len, result.rows.raw_text))
        if size > batch_bytes:
            yield _batch(_collect(held, refused))
            held, refused, size = [], [], 0
    if held or refused:
        yield _batch(_collect(held, refused))


def _collect(held: list[tuple[str, Rows]], refused: list[dict[str, Any]]) -> Collected:
    """Make one frame of the rows of many documents.

    Rows of tables have real cells. A paragraph beside them is one cell (a title may hold blanks): a line of its own
    where the document is mostly tables, else one that may be a cell of a form without a table. Paragraphs of a document
    without any table show how their cells stand.
    """
    lines = pl.DataFrame(
        {
            "document_id": pl.Series([key for key, rows in held for _ in rows.raw_text], dtype=pl.String),
            **{
                name: pl.Series([value for _, rows in held for value in getattr(rows, name)], dtype=LINES[name])
                for name in ("line_no", "table_no", "place", "raw_text")
            },
        }
    )
    in_table = pl.col("table_no") > 0
    share = in_table.mean().over("document_id")
    beside = (
        pl.when((share > _TABLES) | pl.col("raw_text").str.contains("\t", literal=True))
        .then(pl.lit("tab"))
        .otherwise(pl.lit("cell"))
    )
    raw = pl.col("raw_text")
    if lines.select(raw.str.contains(_UNTIDY).any()).item():
        tidy = raw.str.replace_all(BREAKS, "\n").str.replace_all(INVISIBLE, "")
        lines = lines.with_columns(tidy.str.replace_many(list(RADICALS), list(RADICALS.values())))
    rows = pl.format("{} row {}", "place", "line_no")
    lines = lines.with_columns(
        place=pl.when(in_table).then(rows).otherwise("place"), plain=dialects(lines)
    ).with_columns(dialect=pl.when(in_table).then(pl.lit("tab")).when(share > 0).then(beside).otherwise("plain"))
    collected = Collected(lines.select(LINES.names()), {key: rows.encoding for key, rows in held}, refused)
    collected.refused += [{"document_id": key, **row} for key, rows in held for row in rows.refused]
    collected.refuse_oversized()
    return collected


def _refusal(document_id: str, error: Unreadable) -> dict[str, Any]:
    return {"document_id": document_id, "reason": error.reason, "detail": error.detail or None}


def _batch(collected: Collected, slice_no: int = 0, *, is_last: bool = True) -> Batch:
    if not slice_no:
        collected.refused += _without_words(collected)
    rows = quarantine(_refused(collected.refused))
    runs = collected.lines.select(pl.col("document_id").rle().struct.unnest())
    counts = runs.group_by(document_id="value").agg(line_count=pl.col("len").sum())
    read_ = pl.DataFrame(
        {"document_id": list(collected.encodings), "encoding": list(collected.encodings.values())},
        schema={"document_id": pl.String, "encoding": pl.String},
    ).join(counts, on="document_id", how="left", maintain_order="left")
    whole = rows.filter(pl.col("line_start") == 0).select("document_id").unique(maintain_order=True)
    answered = pl.concat(
        [
            read_.with_columns(status=pl.lit("read")),
            whole.join(read_, on="document_id", how="anti").with_columns(status=pl.lit("quarantined")),
        ],
        how="diagonal",
    ).with_columns(pl.col("line_count").fill_null(0))
    answered = answered.select(pl.col(name).cast(kind) for name, kind in READ.items())
    return Batch(collected.lines.match_to_schema(LINES), answered, rows, slice_no, is_last)


def _without_words(collected: Collected) -> list[dict[str, Any]]:
    """Refuse documents that could be read and in which nothing stands; those with a reason already need no other."""
    said = pl.col("raw_text").str.strip_chars_start().str.len_bytes() > 0
    runs = collected.lines.select(pl.col("document_id").filter(said).rle()).to_series()
    printed = runs.struct.field("value").unique()
    answered = {*printed, *(row["document_id"] for row in collected.refused)}
    return [{"document_id": key, "reason": "empty_file"} for key in collected.encodings if key not in answered]


def _refused(rows: list[dict[str, Any]]) -> pl.DataFrame:
    blank = {"detail": None, "table_no": 0, "line_start": 0, "line_end": 0, "raw_text": ""}
    return pl.DataFrame([blank | row for row in rows], schema=_REFUSED, orient="row")
