"""What a file is: by its first bytes, and by its name where bytes leave it open."""

import re
import zipfile
from typing import BinaryIO, Final

from ingest.readers.errors import Unreadable

TEXT_FORMATS: Final = ("txt", "md")
"""Formats whose lines are the document's own lines."""
FORMATS: Final = (*TEXT_FORMATS, "html", "xlsx", "xls", "docx", "doc", "pdf", "zip")

_HEAD = 4096
_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"{\\rtf", "doc"),
    (b"\x89PNG", "image_only"),
    (b"\xff\xd8\xff", "image_only"),
    (b"GIF8", "image_only"),
    (b"BM", "image_only"),
    (b"II*\0", "image_only"),
    (b"MM\0*", "image_only"),
    (b"7z\xbc\xaf\x27\x1c", "unsupported_archive"),
    (b"Rar!\x1a\x07", "unsupported_archive"),
    (b"\x1f\x8b", "unsupported_archive"),
    (b"\xfd7zXZ", "unsupported_archive"),
    (b"BZh", "unsupported_archive"),
    (b"MIME-Version:", "unsupported_format"),
)
_HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|script|style)\b", re.S
)
_MARKUP_NAMES = {"html", "htm", "shtml", "xhtml"}
_NOT_FORMS = {"csv", "json", "xml", "yaml", "yml", "svg", "css", "js", "py", "sql"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(stream: BinaryIO, name: str) -> str:
    """Return the format (one of FORMATS) of a document.

    Args:
        stream: the document's bytes, seekable; left at any position.
        name: its file name; the extension is asked only where the bytes leave it open.

    Raises:
        Unreadable: no format that is read.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    extension = name.rpartition(".")[2].lower()
    if not head:
        raise Unreadable("empty_file")
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_based(stream)
    if head.startswith(_OLE):
        return _ole(stream)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for signature, meaning in _SIGNATURES:
        if head.startswith(signature) and not (signature == b"BM" and _is_text(head)):
            if meaning in FORMATS:
                return meaning
            raise Unreadable(meaning)
    return _text(head, extension)


def _text(head: bytes, extension: str) -> str:
    plain = head.replace(b"\0", b"").lower().lstrip(b"\xef\xbb\xbf\xff\xfe")
    markup = b"<html" in plain if plain.lstrip().startswith(b"<?xml") else _HTML_START.match(plain)
    if markup or (extension in _MARKUP_NAMES and b"<" in plain):
        return "html"
    if extension in _NOT_FORMS or plain.lstrip().startswith(b"<?xml"):
        raise Unreadable("unsupported_format", extension)
    return "md" if extension in {"md", "markdown"} else "txt"


def _is_text(head: bytes) -> bool:
    return not re.search(rb"[\x00-\x08]", head)


def _zip_based(stream: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:64] if "mimetype" in names else b""
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("corrupt_file", str(error)) from error
    if b"opendocument" in kind or "xl/workbook.bin" in names:
        raise Unreadable("unsupported_format", kind.decode("ascii", "replace") or "xlsb")
    if "OFD.xml" in names:  # the national standard of fixed pages, GB/T 33190: no archive to look into
        raise Unreadable("unsupported_format", "ofd")
    if "[Content_Types].xml" in names:
        for prefix, meaning in (("word/", "docx"), ("xl/", "xlsx")):
            if any(name.startswith(prefix) for name in names):
                return meaning
        raise Unreadable("unsupported_format")
    return "zip"


def _ole(stream: BinaryIO) -> str:
    """Tell the kinds of OLE compound files apart by the names of their streams."""
    stream.seek(0)
    data = stream.read()
    for stream_name, meaning in (
        ("EncryptedPackage", ""),
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
    ):
        if stream_name.encode("utf-16-le") in data:
            if not meaning:
                raise Unreadable("encrypted")
            return meaning
    raise Unreadable("unsupported_format")
