"""Readers: one module a format; each turns a document into the same frame of lines (ingest.schema.LINES)."""

from ingest.readers.reading import READ, Batch, read

__all__ = ["READ", "Batch", "read"]
