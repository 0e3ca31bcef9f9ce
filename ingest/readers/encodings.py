"""Bytes → characters: which encoding a text is in, and its lines in UTF-8, nothing replaced in silence."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from ingest.readers.errors import Unreadable

_TABLES = yaml.safe_load(Path(__file__).with_name("encodings.yml").read_text(encoding="utf-8"))
_FREQUENT: Final = frozenset(_TABLES["frequent"].replace(" ", "").replace("\n", ""))
_PLAUSIBLE: Final[float] = _TABLES["plausible_share"]
_SURE: Final[float] = _TABLES["sure_share"]
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CANDIDATES: Final = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 64 * 1024
_STRANGE = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\U00010000-\U0010ffff]")
_MARK = "\ufdd0"
"""A noncharacter, which no text holds: marks the places of bytes that are no characters."""
_COUNTING = "jixiao.count"
codecs.register_error(_COUNTING, lambda error: (_MARK * (error.end - error.start), error.end))  # pyright: ignore
_MOST_BAD_BYTES = 10_000
_FEW = 4

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_MARKS = "\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
INVISIBLE: Final = f"[{_CONTROLS}{_MARKS}]"
"""Control characters, marks of direction, zero-width blanks: they print nothing and change what is compared."""
BREAKS: Final = "\r\n|[\r\x85\u2028\u2029]"
"""Ends of a line beside \\n."""
RADICALS: Final = {
    **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{pair[0]: pair[1] for pair in _TABLES["radicals"].split()},
}
"""Radicals by the characters that they look like; fonts of browsers and phones mix them up in PDFs and copies of these."""
RADICAL: Final = "[\u2e80-\u2fd5]"
_BREAKS = re.compile(BREAKS + "|(?<=[^\n])\x0c(?=[^\n])")
"""A form feed inside a line parts two pages, beside \\n it is only a mark."""
_UNSEEN = re.compile(INVISIBLE)
_LIKE: Final = str.maketrans(RADICALS)


@dataclass(frozen=True)
class Text:
    """A decoded text: UTF-8 with \\n only, ending with \\n; the numbers (from 1) of lines with undecodable bytes."""

    data: bytes
    encoding: str
    bad_lines: tuple[int, ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Text:
    """Decode a text.

    Args:
        data: the bytes, beginning at a line.
        encoding: where it is known already; else it is detected.

    Raises:
        Unreadable: `not_text` where no encoding gives a plausible text.
    """
    encoding = encoding or detect(data)
    text = visible(_characters(data, encoding))
    bad: tuple[int, ...] = ()
    if _MARK in text:
        bad = tuple(number for number, line in enumerate(text.split("\n"), 1) if _MARK in line)
        text = text.replace(_MARK, "")
    return Text((text if text.endswith("\n") else text + "\n").encode(), encoding, bad)


def characters(data: bytes, encoding: str) -> str:
    """Decode bytes as they stand; undecodable ones are written as \\xNN.

    Raises:
        Unreadable: `not_text` where there are too many of these.
    """
    return _characters(data, encoding).replace(_MARK, "")


def _characters(data: bytes, encoding: str) -> str:
    data = data.removeprefix(next((bom for bom, name in _BOMS if name == encoding and data.startswith(bom)), b""))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return _decode_marking(data, encoding)


def visible(text: str) -> str:
    """Write every end of a line as \\n, radicals as characters, and leave out what prints nothing (INVISIBLE)."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text)).translate(_LIKE)


def detect(data: bytes) -> str:
    """Return the encoding of a text, by its mark or by strict decoding and the characters that come out.

    Raises:
        Unreadable: `not_text`.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    sample, whole = data[:_SAMPLE], len(data) <= _SAMPLE
    scores: dict[str, float] = {}
    for name in _CANDIDATES:
        scores[name] = _plausibility(sample, name, whole)
        if scores[name] >= _SURE:
            return name
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < _PLAUSIBLE:
        raise Unreadable("not_text")
    return best


def _plausibility(sample: bytes, encoding: str, whole: bool) -> float:
    """Return how likely it is that bytes are a text in an encoding, 0 to 1.

    Plain ASCII and well-formed UTF-8 are no accident. Elsewhere: the share of characters beyond ASCII that budget
    documents are full of; bytes read in the wrong encoding give rare ones.
    """
    text = codecs.getincrementaldecoder(encoding)(_COUNTING).decode(sample, final=whole)
    bad = text.count(_MARK)
    strange = len(_STRANGE.findall(text)) + bad
    if strange > _FEW + len(text) / 20:
        return 0.0
    if text.isascii():
        return 1.0 if text.count("\0") * 20 < len(text) else 0.0
    if encoding == "utf-8" and not bad:
        return 1.0
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return sum(map(text.count, _FREQUENT)) / (beyond_ascii + 4 * bad)


def _decode_marking(data: bytes, encoding: str) -> str:
    """Decode with each undecodable byte written as \\xNN behind a mark.

    Raises:
        Unreadable: there are so many that this is no text.
    """
    left = _MOST_BAD_BYTES

    def escape(error: UnicodeError) -> tuple[str, int]:
        nonlocal left
        assert isinstance(error, UnicodeDecodeError)  # noqa: S101 (this handler only decodes)
        left -= error.end - error.start
        if left < 0:
            raise Unreadable("not_text", encoding)
        return "".join(f"{_MARK}\\x{byte:02X}" for byte in error.object[error.start : error.end]), error.end

    codecs.register_error("jixiao.mark", escape)
    return data.decode(encoding, "jixiao.mark")
