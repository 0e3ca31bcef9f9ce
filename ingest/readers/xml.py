"""Parts of office files (zips of XML), read without entities, networks or surprises."""

import zipfile
import zlib

from lxml import etree

from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a part.

    Raises:
        Unreadable: it is broken, encrypted, or larger than limits.yml allows.
    """
    try:
        info = archive.getinfo(name)
        if info.file_size > LIMITS.part_bytes:
            raise Unreadable("too_large", f"{name}: {info.file_size:,} bytes")
        return archive.read(info)
    except RuntimeError as error:  # zipfile's word for: a password is needed
        raise Unreadable("encrypted", name) from error
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("corrupt_file", f"{name}: {error}") from error


def root(data: bytes) -> etree._Element:
    """Parse XML.

    Raises:
        Unreadable: it is not well-formed, or declares entities.
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data or "<!DOCTYPE".encode("utf-16-le") in data[:8192]:
        raise Unreadable("doctype_in_xml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("corrupt_file", str(error)) from error
