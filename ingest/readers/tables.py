"""Documents with real tables → rows, in worker processes with bounds of time and memory."""

import multiprocessing
import os
import resource
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

from ingest import archive
from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.readers.rows import Rows
from ingest.readers.word import convert

_READERS: Final = {
    "html": ("html", "read_html"),
    "xlsx": ("sheets", "read_xlsx"),
    "xls": ("sheets", "read_xls"),
    "docx": ("docx", "read_docx"),
    "pdf": ("pdf", "read_pdf"),
}
"""Module and function by format; a reader's library is loaded when the first such document comes."""
_TASK_BYTES = 1024 * 1024
_TASK_DOCUMENTS = 64
_CONVERTED_AT_ONCE = 20


@dataclass(frozen=True)
class Source:
    """A document to read: where its bytes are, and what they are."""

    document_id: str
    format: str
    byte_size: int
    path: bytes
    member: str | None


@dataclass(frozen=True)
class Result:
    """What a document gave: its rows, or why there are none."""

    document_id: str
    rows: Rows | Unreadable


def read_tables(sources: Sequence[Source], workers: int) -> Iterator[Result]:
    """Read documents, in their order but those of Word's old format last.

    A worker that takes too long or too much memory is ended; its document is answered for with the reason, and the
    documents that it would have read next are read by another.

    Args:
        sources: the documents.
        workers: processes; 0 reads in this process, without bounds.
    """
    if not sources:
        return
    with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
        old = [source for source in sources if source.format == "doc"]
        others = (source for source in sources if source.format != "doc")
        ready = chain(others, _converted(old, Path(folder)))
        if workers == 0:
            for source in ready:
                yield source if isinstance(source, Result) else _read(source)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPool(workers, initializer=_prepare_worker, context=context) as pool:
            yield from _spread(pool, ready, workers)


def _spread(pool: ProcessPool, sources: Iterator[Source | Result], workers: int) -> Iterator[Result]:
    """Keep the workers busy with a few tasks ahead, and give results in order."""
    running: deque[tuple[list[Source], Future[list[Result]]]] = deque()
    for task in _tasks(sources):
        if isinstance(task, Result):
            yield task
            continue
        running.append((task, _schedule(pool, task)))
        if len(running) > 2 * workers:
            yield from _finished(pool, *running.popleft())
    while running:
        yield from _finished(pool, *running.popleft())


def _tasks(sources: Iterator[Source | Result]) -> Iterator[list[Source] | Result]:
    """Put small documents together, so that handing them over costs little."""
    task: list[Source] = []
    for source in sources:
        if isinstance(source, Result):
            yield source
            continue
        if task and (len(task) == _TASK_DOCUMENTS or sum(s.byte_size for s in task) + source.byte_size > _TASK_BYTES):
            yield task
            task = []
        task.append(source)
    if task:
        yield task


def _schedule(pool: ProcessPool, task: list[Source]) -> "Future[list[Result]]":
    seconds = sum(LIMITS.seconds_per_document + LIMITS.seconds_per_megabyte * s.byte_size / 1e6 for s in task)
    return pool.schedule(_read_all, args=[task], timeout=seconds)


def _finished(pool: ProcessPool, task: list[Source], future: "Future[list[Result]]") -> Iterator[Result]:
    """Give a task's results; one that ended its worker is done again document by document, to find out which it was."""
    try:
        yield from future.result()
    except (TimeoutError, ProcessExpired) as error:
        if len(task) > 1:
            for source in task:
                yield from _finished(pool, [source], _schedule(pool, [source]))
        else:
            reason = "too_much_time" if isinstance(error, TimeoutError) else "reader_stopped"
            yield Result(task[0].document_id, Unreadable(reason))


def _read_all(sources: list[Source]) -> list[Result]:
    return [_read(source) for source in sources]


def _read(source: Source) -> Result:
    """Read one document; whatever happens is said of this document only."""
    try:
        with archive.content(source.path, source.member) as stream:
            data = stream.read()
        module, function = _READERS[source.format]
        rows: Rows = getattr(import_module(f"ingest.readers.{module}"), function)(data)
    except Unreadable as error:
        return Result(source.document_id, error)
    except MemoryError:
        return Result(source.document_id, Unreadable("too_much_memory"))
    except RecursionError:
        return Result(source.document_id, Unreadable("corrupt_file", "nested too deep"))
    except Exception as error:  # a fault of ours: named as such, so that it is reported
        return Result(source.document_id, Unreadable("reader_failed", f"{type(error).__name__}: {error}"[:200]))
    return Result(source.document_id, rows)


def _converted(sources: list[Source], folder: Path) -> Iterator[Source | Result]:
    """Give the docx of each old Word file."""
    for start in range(0, len(sources), _CONVERTED_AT_ONCE):
        paths: dict[Path, Source] = {}
        for number, source in enumerate(sources[start : start + _CONVERTED_AT_ONCE], start):
            path = folder / f"{number}.doc"
            try:
                with archive.content(source.path, source.member) as stream:
                    path.write_bytes(stream.read())
                paths[path] = source
            except Unreadable as error:
                yield Result(source.document_id, error)
        for path, found in convert(list(paths), folder).items():
            if isinstance(found, Unreadable):
                yield Result(paths[path].document_id, found)
            else:
                yield replace(
                    paths[path], format="docx", path=os.fsencode(found), member=None, byte_size=found.stat().st_size
                )


def _prepare_worker() -> None:
    """Let this worker take so much memory beyond what it has mapped at its start, and let its libraries be quiet.

    What a panic of theirs prints is no answer; the answer is the quarantine row.
    """
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stderr.fileno())
    os.close(silence)
    if sys.platform == "linux":
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        limit = mapped + LIMITS.memory_bytes_per_document
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
