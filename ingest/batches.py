"""Documents → the lake's frames, batch by batch: read, parsed, and each document's own row made of what was found."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from ingest import corrections
from ingest.corrections import CORRECTIONS
from ingest.parse import parse
from ingest.places import locate
from ingest.readers.reading import UNSEEN, Batch, read
from ingest.schema import LAKE

_TITLED: Final = pl.col("raw_text").str.contains("绩效目标申报表|绩效目标表|绩效自评表|绩效自评")
_UNIT: Final = pl.col("raw_text").str.contains(r"单位\s*[:：]\s*(?:人民币)?(?:万|千|百万|亿)?元\s*[)）]?\s*$")
TITLE: Final = (_TITLED & ~_UNIT.shift(1, fill_value=False)) | (_UNIT & ~_TITLED & _TITLED.shift(-1, fill_value=False))
"""Where a large text may be cut: before the title of a form, and the unit of money above it."""

_Waiting = tuple[Batch, pl.DataFrame, Future[dict[str, pl.DataFrame]]]


@dataclass(frozen=True)
class Parsed:
    """A batch of documents, or a slice of a large one, as frames of LAKE."""

    frames: dict[str, pl.DataFrame]
    years: pl.DataFrame
    """`document_id`, `fiscal_year` (the partition) of the documents in `frames`."""
    is_last: bool
    """No further slice of the document follows."""


@dataclass(frozen=True)
class _Before:
    """What the slices of a document before this one have told."""

    facts: pl.DataFrame
    """The document's row, so far."""
    last_form: int


def frames(documents: pl.DataFrame, code_version: str, corrected: pl.DataFrame | None = None) -> Iterator[Parsed]:
    """Read and parse documents.

    Args:
        documents: DOCUMENTS (ingest.documents) with `path` leading to the bytes.
        code_version: fingerprint of the code that reads, kept with each document.
        corrected: the corrections in force (`ingest.corrections.load`).

    Yields:
        Each document whole, or the slices of a large one one after the other, its own row with the last.
    """
    before: _Before | None = None
    for batch, mine, parsed in _in_parallel(
        documents, pl.DataFrame(schema=CORRECTIONS) if corrected is None else corrected
    ):
        tables = parsed if before is None else _after(parsed, before.last_form)
        facts = _facts(batch, mine, tables, before, code_version)
        before = None if batch.is_last else _Before(facts, _last_form(tables, before))
        tables["document"] = facts if batch.is_last else facts.clear()
        yield Parsed(tables, facts.select("document_id", "fiscal_year"), batch.is_last)
        del batch, parsed, tables  # else they fill the memory while the next one is awaited


def _in_parallel(
    documents: pl.DataFrame, corrected: pl.DataFrame
) -> Iterator[tuple[Batch, pl.DataFrame, dict[str, pl.DataFrame]]]:
    """Parse batches side by side, as many as there are processors and no more; give them back in their order.

    Threads suffice: polars lets go of the interpreter, and one query of it seldom keeps every processor busy. One
    batch more is read ahead, so that none of them waits for the disk, or for who takes the frames.
    """
    workers = pl.thread_pool_size()
    waiting: deque[_Waiting] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch in read(documents, TITLE):
            mine = _placed(documents.join(batch.documents.select("document_id"), on="document_id", how="semi"))
            parsed = pool.submit(_parse, batch, mine, corrected)
            waiting.append((replace(batch, lines=batch.lines.clear()), mine, parsed))
            del batch, parsed
            if len(waiting) > workers:
                yield _ready(waiting.popleft())
        while waiting:
            yield _ready(waiting.popleft())


def _ready(waiting: _Waiting) -> tuple[Batch, pl.DataFrame, dict[str, pl.DataFrame]]:
    batch, documents, parsed = waiting
    return batch, documents, parsed.result()


def _placed(documents: pl.DataFrame) -> pl.DataFrame:
    """Add the region that a folder or the file's name names: `folder_region`."""
    names = locate(documents.get_column("file_name")).rename({"text": "file_name", "region_code": "named"})
    return documents.join(names, on="file_name", how="left", maintain_order="left").select(
        pl.coalesce("folder_region", "named").alias("folder_region") if name == "folder_region" else name
        for name in documents.columns
    )


def _parse(batch: Batch, documents: pl.DataFrame, corrected: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Parse the corrected lines; say which were corrected and which refused. The ledger keeps what is printed."""
    lines, unmatched = corrections.apply(batch.lines, corrected, documents)
    if batch.slice_no:  # a slice does not hold all lines of its document
        unmatched = unmatched.filter(pl.col("line_start") > 0)
    refused = _refused(lines, batch.quarantine)
    seen = lines.drop("correction_id")
    if refused.null_count() < len(refused):
        seen = seen.with_columns(raw_text=pl.when(refused.is_in(UNSEEN)).then(pl.lit("")).otherwise("raw_text"))
    tables = parse(seen, documents, refused.is_not_null().arg_true())
    printed = pl.DataFrame([batch.lines.get_column("raw_text"), lines.get_column("correction_id")])
    tables["source_line"] = tables["source_line"].with_columns(
        printed,
        disposition=pl.when(refused.is_not_null()).then(pl.lit("quarantined")).otherwise("disposition"),
    )
    tables["quarantine"] = pl.concat([batch.quarantine, unmatched, tables["quarantine"]])
    return tables


def _refused(lines: pl.DataFrame, quarantine: pl.DataFrame) -> pl.Series:
    """Return why the reader refused each line; NULL where it did not, or where a correction has mended the line."""
    refused = quarantine.filter(pl.col("line_start") > 0)
    if not refused.height:
        return pl.Series("reason", [None], dtype=pl.String).new_from_index(0, lines.height)
    at = ["document_id", "table_no", "line_no"]
    numbers = pl.int_ranges("line_start", pl.col("line_end") + 1, dtype=pl.UInt32)
    reasons = refused.select("document_id", "table_no", "reason", line_no=numbers).explode("line_no")
    unseen_first = reasons.sort(pl.col("reason").is_in(UNSEEN), descending=True, maintain_order=True)
    found = lines.join(unseen_first.unique(at, keep="first"), on=at, how="left", maintain_order="left")
    return found.select(pl.when(pl.col("correction_id").is_null()).then("reason")).to_series()


def _after(tables: dict[str, pl.DataFrame], last_form: int) -> dict[str, pl.DataFrame]:
    """Let a slice's forms be numbered on from those of the slices before it."""
    number = pl.col("form_no") + pl.lit(last_form, pl.UInt32)
    return {name: frame.with_columns(number) if "form_no" in frame.columns else frame for name, frame in tables.items()}


def _last_form(tables: dict[str, pl.DataFrame], before: _Before | None) -> int:
    """Return the number of the last form of a slice, or of those before it where it has none."""
    highest = pl.col("form_no").max()
    numbers = [frame.select(highest).item() or 0 for frame in tables.values() if "form_no" in frame.columns]
    return max(*numbers, before.last_form if before else 0)


def _facts(
    batch: Batch, documents: pl.DataFrame, tables: dict[str, pl.DataFrame], before: _Before | None, code_version: str
) -> pl.DataFrame:
    """Return the rows of the document table; counts of a slice include the slices before it."""
    key = "document_id"
    counted = tables["form"].group_by(key).agg(form_count=pl.len(), own_year=pl.col("fiscal_year").mode().min())
    facts = (
        documents.drop("status")
        .join(batch.documents, on=key, how="left", maintain_order="left")
        .join(counted, on=key, how="left", maintain_order="left")
        .with_columns(
            pl.col("form_count").fill_null(0),
            pl.col("other_names").fill_null([]),
            code_version=pl.lit(code_version),
            fiscal_year_from=pl.coalesce(
                "fiscal_year_from", pl.when(pl.col("own_year").is_not_null()).then(pl.lit("document"))
            ),
            fiscal_year=pl.coalesce("fiscal_year", "own_year"),
        )
    )
    if before is not None:
        so_far = before.facts
        facts = facts.with_columns(
            pl.col("form_count") + so_far["form_count"],
            pl.col("line_count") + so_far["line_count"],
            # The first slice has decided in which year the document stands.
            fiscal_year=so_far["fiscal_year"],
            fiscal_year_from=so_far["fiscal_year_from"],
        )
    return facts.select(pl.col(name).cast(kind) for name, kind in LAKE["document"].items())
