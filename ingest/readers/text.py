"""Text files → LINES: many small files in one frame, a large one in slices."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import polars as pl

from ingest.readers.collected import Collected
from ingest.readers.dialects import dialects
from ingest.readers.encodings import INVISIBLE, RADICAL, Text, decode, detect
from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.schema import LINES

_NEEDS_CARE: Final = (b"\0", b"\r")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")
_LONGEST_SEARCH: Final = 8
"""A slice may grow to so many times its size in search of a place to cut."""
MOST_LINES: Final = 1_000_000
"""Lines of one slice: lines cost memory, blank ones too."""


def read_texts(
    documents: Sequence[tuple[str, bytes]], encoding: str | None = None, first_line: int = 1, dialect: str | None = None
) -> Collected:
    """Read text documents into one frame.

    Args:
        documents: document_id and bytes of each.
        encoding, first_line, dialect: what is known already, where the bytes are a slice of a document.
    """
    result = Collected()
    bytes_of = dict(documents)
    texts: dict[str, Text] = {}

    def decode_with_care(keys: list[str]) -> None:
        for key in keys:
            try:
                texts[key] = decode(bytes_of[key], encoding)
            except Unreadable as error:
                texts.pop(key, None)
                result.refused.append({"document_id": key, "reason": error.reason, "detail": error.detail or None})

    for key, data in bytes_of.items():
        if encoding in {None, "utf-8"} and _is_plain(data):
            texts[key] = Text(data if data.endswith(b"\n") else data + b"\n", "utf-8")
        else:
            decode_with_care([key])
    try:
        lines = _number(texts, first_line)
    except pl.exceptions.ComputeError:  # polars splits UTF-8 only; find out which ones are not
        decode_with_care([key for key, text in texts.items() if not _is_utf8(text.data)])
        lines = _number(texts, first_line)
    if unseen := _with_unseen(lines):
        decode_with_care(unseen)
        lines = _number(texts, first_line)
    result.encodings = {key: text.encoding for key, text in texts.items()}
    result.lines = lines.with_columns(dialect=pl.lit(dialect) if dialect else dialects(lines)).select(LINES.names())
    _refuse_bad_lines(result, texts, first_line)
    result.refuse_oversized()
    return result


def slices(document_id: str, stream: BinaryIO, size: int, cut: pl.Expr | None) -> Iterator[tuple[Collected, bool]]:
    """Read one large document in slices of about `size` bytes, each cut before a line for which `cut` is true.

    Args:
        document_id: the document's.
        stream: its bytes, from the start.
        size: bytes a slice.
        cut: an expression over LINES that is true where a form begins; without one, or where none is found in
            several times `size`, a slice ends at any end of a line.

    Yields:
        A slice, and whether it is known to be the last one.

    Raises:
        Unreadable: the document is no text, or has more lines than limits.yml allows; slices given before stand.
    """
    dialect, first_line = None, 1
    held = Collected()
    for block, encoding, ends in _blocks(stream, size):
        new = read_texts([(document_id, block)], encoding, first_line, dialect)
        del block  # the lines are a copy
        if not new.encodings:
            raise Unreadable(new.refused[0]["reason"], new.refused[0]["detail"] or "")
        dialect = dialect or new.lines.item(0, "dialect")
        first_line += new.lines.height
        if first_line > LIMITS.lines:
            raise Unreadable("too_many_lines", f"line {first_line:,}")
        held = Collected(pl.concat([held.lines, new.lines]), new.encodings, held.refused + new.refused)
        if ends and held.lines.height <= MOST_LINES:
            continue  # the last form is no slice of its own
        at = _last_cut(held.lines, cut)
        if at is None and _is_endless(held.lines, size):
            at = held.lines.height
        if at:
            yield Collected(held.lines.head(at), held.encodings, held.refused), False
            held = Collected(held.lines.slice(at), held.encodings)
    if held.lines.height:
        yield held, True


def _is_endless(lines: pl.DataFrame, size: int) -> bool:
    """Say whether the search for a place to cut has gone on for too long."""
    longest = _LONGEST_SEARCH * size
    return lines.height > 2 * MOST_LINES or lines.get_column("raw_text").str.len_bytes().sum() > longest


def _is_plain(data: bytes) -> bool:
    return not any(byte in data for byte in _NEEDS_CARE) and not data.startswith(_MARKS)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _number(texts: dict[str, Text], first_line: int) -> pl.DataFrame:
    """Split texts into lines, each with its document and number."""
    # In one piece: what is asked of it here and later would find a hundred pieces each time.
    raw = pl.read_lines(b"".join(text.data for text in texts.values()), name="raw_text").to_series().rechunk()
    n = [len(raw)] if len(texts) == 1 else [text.data.count(b"\n") for text in texts.values()]
    numbers = pl.int_ranges(first_line, pl.col("n") + first_line, dtype=pl.UInt32)
    numbered = (
        pl.DataFrame({"n": n}, schema={"n": pl.UInt32})
        .select(document=pl.int_range(pl.len(), dtype=pl.UInt32), line_no=numbers)
        .explode("line_no")
    )
    documents = pl.Series("document_id", list(texts), dtype=pl.String)
    return numbered.select(
        documents[numbered.get_column("document")], "line_no", raw, table_no=pl.lit(0, pl.UInt32), place=pl.lit("")
    )


def _with_unseen(lines: pl.DataFrame) -> list[str]:
    """Return the documents that hold characters which print nothing, or another character."""
    unseen = lines.get_column("raw_text").str.contains(f"{INVISIBLE}|{RADICAL}")
    return lines.get_column("document_id").filter(unseen).unique().to_list() if unseen.any() else []


def _refuse_bad_lines(result: Collected, texts: dict[str, Text], first_line: int) -> None:
    bad = [(key, number + first_line - 1) for key, text in texts.items() for number in text.bad_lines]
    if bad:
        frame = pl.DataFrame(bad, schema={"document_id": pl.String, "line_no": pl.UInt32}, orient="row")
        result.refuse(result.lines.join(frame, on=["document_id", "line_no"], how="semi"), "undecodable_bytes")


def _blocks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, str, bool]]:
    """Read a stream in blocks that end at a line's end, with the encoding that its beginning shows, and whether the
    stream ends with the block."""
    encoding, rest = "", b""
    while chunk := stream.read(size):
        block, ends = rest + chunk, len(chunk) < size
        del chunk  # one copy of the bytes is enough
        encoding = encoding or detect(block)
        end = next((at for mark in ("\n", "\r") if (at := _last(block, mark.encode(encoding)))), 0)
        if not end and len(block) > _LONGEST_SEARCH * size:
            raise Unreadable("line_too_long")
        block, rest = block[:end], block[end:]
        pieces = [*_pieces(block, encoding)]
        del block  # whoever takes a piece may let go of it
        while pieces:
            yield pieces.pop(0), encoding, ends
    if rest:
        yield rest, encoding, True


def _pieces(block: bytes, encoding: str) -> Iterator[bytes]:
    """Cut a block of very many lines in two, and its parts again."""
    middle = _last(block[: len(block) // 2], "\n".encode(encoding)) if block.count(b"\n") > MOST_LINES else 0
    if middle:
        yield from _pieces(block[:middle], encoding)
        yield from _pieces(block[middle:], encoding)
    elif block:
        yield block


def _last(block: bytes, mark: bytes) -> int:
    """Return where the last `mark` ends that stands at a whole character; 0 where there is none."""
    at = block.rfind(mark)
    while at >= 0 and at % len(mark):
        at = block.rfind(mark, 0, at + len(mark) - 1)
    return at + len(mark) if at >= 0 else 0


def _last_cut(lines: pl.DataFrame, cut: pl.Expr | None) -> int | None:
    """Return the row of the last line for which `cut` is true; where there is no such wish, the end."""
    if cut is None:
        return lines.height
    for tail in (5_000, lines.height):
        found = lines.tail(tail).select(cut.arg_true()).to_series()
        if found.len():
            return int(found[-1]) + lines.height - min(tail, lines.height) or None
    return None
