"""Ctrl+C and a polite kill during a load: one and the same, whoever caught it on its way."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

_STOPS = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def heard() -> Iterator[None]:
    """Raise KeyboardInterrupt for whatever fails after somebody asked the process to stop.

    Dagster, dbt and DuckDB each catch the signal while they are at work, and each makes an error of its own of it. The
    interpreter writes down what came, whoever handles it.
    """
    came, write = os.pipe()
    for end in (came, write):
        os.set_blocking(end, False)
    before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    try:
        yield
    except BaseException as error:
        if _STOPS & _read(came):
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.set_wakeup_fd(before)
        os.close(came)
        os.close(write)


def _read(came: int) -> set[int]:
    try:
        return set(os.read(came, 4096))
    except BlockingIOError:  # nothing came
        return set()


def shield_helpers() -> None:
    """Keep Ctrl+C from what Dagster starts to follow the logs of a step: it ends them itself, and they would show tracebacks."""
    from dagster._core.execution import compute_logs  # noqa: PLC0415

    module: Any = compute_logs
    module.subprocess = SimpleNamespace(Popen=partial(subprocess.Popen, start_new_session=True))
