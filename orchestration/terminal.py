"""The standard streams as a command needs them: always there, and never the reason why it fails."""

import io
import os
import sys
from typing import Any, cast


def prepare() -> None:
    """Make the streams of this process such that no command fails for what becomes of its words."""
    # In this order: each takes the lowest number that is free, its own, which the next file opened would get otherwise.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w":
            setattr(sys, name, _heedless(getattr(sys, name)))


class _Heedless(io.FileIO):
    """A stream that leads nowhere once its reader has left: what a command does is done, whoever hears of it."""

    def write(self, data: Any, /) -> int:
        """Write, as long as somebody reads."""
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def _heedless(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return `stream` as one that outlives its reader and writes "?" for letters that its encoding lacks."""
    raw = cast("io.RawIOBase", _Heedless(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, "replace", line_buffering=stream.line_buffering)
