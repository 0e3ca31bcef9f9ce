"""Text files → LINES: many small files in one frame, a large one in slices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import polars as pl

from ingest.readers.dialects import dialects
from ingest.readers.encodings import INVISIBLE, Text, decode, detect
from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS
from ingest.schema import LINES

_SAMPLE: Final = 1024 * 1024
_NEEDS_CARE: Final = (b"\0", b"\r")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")
_BEGINNING: Final = 2000
"""So many characters are kept of a line that is too long."""
_LONGEST_SEARCH: Final = 8
"""A slice may grow to so many times its size in search of a place to cut."""


@dataclass
class Texts:
    """Lines of text documents.

    Attributes:
        lines: LINES.
        encodings: encoding by document_id, of those that could be read.
        refused: quarantine rows (ingest.messages.quarantine): documents, and lines that are in `lines` too.
    """

    lines: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINES))
    encodings: dict[str, str] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)


def read_texts(
    named: Sequence[tuple[str, bytes]], encoding: str | None = None, first_line: int = 1, dialect: str | None = None
) -> Texts:
    """Read text documents into one frame.

    Args:
        named: document_id and bytes of each.
        encoding, first_line, dialect: what is known already, where the bytes are a slice of a document.
    """
    result = Texts()
    texts = {key: _decoded(key, data, encoding, result, careful=not _is_plain(data)) for key, data in named}
    try:
        raw = _split(texts)
    except pl.exceptions.ComputeError:  # not UTF-8: find out which
        for key, data in named:
            if (text := texts[key]) is not None and not _is_utf8(text.data):
                texts[key] = _decoded(key, data, None, result, careful=True)
        raw = _split(texts)
    lines = _number(raw, texts, first_line)
    unseen = lines.lazy().filter(pl.col("raw_text").str.contains(INVISIBLE)).select(pl.col("document_id").unique()).collect()
    if unseen.height:
        again = set(unseen.get_column("document_id"))
        for key, data in named:
            if key in again:
                texts[key] = _decoded(key, data, encoding, result, careful=True)
        lines = _number(_split(texts), texts, first_line)
    result.encodings = {key: text.encoding for key, text in texts.items() if text is not None}
    result.refused += _bad_lines(lines, texts, first_line)
    lines = _shorten(lines, result)
    result.lines = lines.with_columns(dialect=pl.lit(dialect) if dialect else dialects(lines)).select(LINES.names())
    return result


def slices(document_id: str, stream: BinaryIO, size: int, cut: pl.Expr | None) -> Iterator[Texts]:
    """Read one large document in slices of about `size` bytes, each cut before a line for which `cut` is true.

    Args:
        document_id: the document's.
        stream: its bytes, from the start.
        size: bytes a slice.
        cut: an expression over LINES that is true where a form begins; without one, or where none is found in
            several times `size`, a slice ends at any end of a line.

    Raises:
        Unreadable: the document is no text; slices given before stand.
    """
    encoding, dialect, first_line = None, None, 1
    held = Texts()
    for block, block_encoding in _blocks(stream, size):
        encoding = encoding or block_encoding
        new = read_texts([(document_id, block)], encoding, first_line, dialect)
        if not new.encodings:
            raise Unreadable(new.refused[0]["reason"], new.refused[0]["detail"])
        dialect = dialect or new.lines.get_column("dialect")[0]
        first_line += new.lines.height
        held = Texts(pl.concat([held.lines, new.lines]), new.encodings, held.refused + new.refused)
        at = _last_cut(held.lines, cut)
        if at is None and held.lines.get_column("raw_text").str.len_bytes().sum() > _LONGEST_SEARCH * size:
            at = held.lines.height
        if at:
            yield Texts(held.lines.head(at), held.encodings, held.refused)
            held = Texts(held.lines.slice(at), held.encodings)
    if held.lines.height:
        yield held


def _decoded(key: str, data: bytes, encoding: str | None, result: Texts, *, careful: bool) -> Text | None:
    if not careful and encoding in {None, "utf-8"}:
        return Text(data if data.endswith(b"\n") else data + b"\n", "utf-8")
    try:
        return decode(data, encoding)
    except Unreadable as error:
        result.refused.append({"document_id": key, "reason": error.reason, "detail": error.detail or None})
        return None


def _is_plain(data: bytes) -> bool:
    return not any(byte in data for byte in _NEEDS_CARE) and not data.startswith(_MARKS)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _split(texts: dict[str, Text | None]) -> pl.Series:
    return pl.read_lines(b"".join(text.data for text in texts.values() if text is not None), name="raw_text").to_series()


def _number(raw: pl.Series, texts: dict[str, Text | None], first_line: int) -> pl.DataFrame:
    """Put each line's document and number beside it."""
    counts = {key: text.data.count(b"\n") for key, text in texts.items() if text is not None}
    frame = pl.DataFrame({"document_id": list(counts), "n": list(counts.values())}, schema={"document_id": pl.String, "n": pl.UInt32})
    numbered = frame.select(
        pl.col("document_id").repeat_by("n"), line_no=pl.int_ranges(first_line, pl.col("n") + first_line, dtype=pl.UInt32)
    ).explode("document_id", "line_no")
    return numbered.with_columns(raw, table_no=pl.lit(0, pl.UInt32), place=pl.lit(""))


def _bad_lines(lines: pl.DataFrame, texts: dict[str, Text | None], first_line: int) -> list[dict[str, Any]]:
    bad = [(key, number + first_line - 1) for key, text in texts.items() if text for number in text.bad_lines]
    if not bad:
        return []
    frame = pl.DataFrame(bad, schema={"document_id": pl.String, "line_no": pl.UInt32}, orient="row")
    return _refuse(lines.join(frame, on=["document_id", "line_no"], how="semi"), "undecodable_bytes")


def _shorten(lines: pl.DataFrame, result: Texts) -> pl.DataFrame:
    """Refuse lines that no form has: longer than limits.yml says, or with more cells."""
    length = pl.col("raw_text").str.len_bytes()
    if (lines.get_column("raw_text").str.len_bytes().max() or 0) <= LIMITS.line_cells:
        return lines
    long = length > LIMITS.line_characters
    wide = ~long & (length > LIMITS.line_cells) & (
        pl.max_horizontal(pl.col("raw_text").str.count_matches(mark, literal=True) for mark in "\t|") >= LIMITS.line_cells
    )
    result.refused += _refuse(lines.filter(long), "line_too_long") + _refuse(lines.filter(wide), "too_many_columns")
    return lines.with_columns(pl.when(long | wide).then(pl.col("raw_text").str.slice(0, _BEGINNING)).otherwise("raw_text"))


def _refuse(lines: pl.DataFrame, reason: str) -> list[dict[str, Any]]:
    return lines.select(
        "document_id",
        line_start="line_no",
        line_end="line_no",
        raw_text=pl.col("raw_text").str.slice(0, _BEGINNING),
        reason=pl.lit(reason),
        detail=pl.lit(None, pl.String),
    ).to_dicts()


def _blocks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, str]]:
    """Read a stream in blocks that end at a line's end, with the encoding that its beginning shows."""
    encoding, rest = "", b""
    while chunk := stream.read(size):
        block = rest + chunk
        encoding = encoding or detect(block)
        end = next((at for mark in ("\n", "\r") if (at := _last(block, mark.encode(encoding)))), 0)
        if not end and len(block) > _LONGEST_SEARCH * size:
            raise Unreadable("line_too_long")
        if end:
            yield block[:end], encoding
        rest = block[end:]
    if rest:
        yield rest, encoding


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
