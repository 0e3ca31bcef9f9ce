"""What is tried again, with backoff, and what is not: a fault of the machine may heal, one of the data never does."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.session import Session
from orchestration.trouble import can_heal

ATTEMPTS = 4
FIRST_WAIT = 30
"""Seconds; doubled at each attempt."""
RESTART = {"dagster/max_retries": "2"}
"""Tag of a run that starts again when its process was killed (run_retries in dagster.yaml)."""


@contextmanager
def healing(context: dg.AssetExecutionContext, session: Session) -> Iterator[None]:
    """Ask for another attempt after what can heal; a person at the desk is told at once instead."""
    try:
        yield
    except Exception as error:
        if session.is_unattended and can_heal(error):
            wait = FIRST_WAIT * 2**context.retry_number
            raise dg.RetryRequested(max_retries=ATTEMPTS, seconds_to_wait=wait) from error
        raise
