"""One load: its home, its source, who hears of its progress, and what each stage took.

The command line opens a session before Dagster runs, so that Great Expectations imports meanwhile; a run that was
started in Dagster's own pages opens one for itself.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from expectations.accepted import Entry
from expectations.results import GateResult
from orchestration import base, clock, damage, engines, mark, release, retention, store
from orchestration.alerts import post, sources
from orchestration.anew import Anew
from orchestration.base import Base
from orchestration.copies import Copy
from orchestration.home import Home
from orchestration.transform import Build

_LOG = logging.getLogger(__name__)
_IN_LINE = 3600
"""Seconds that an unattended load stands in line."""


class Reporter(Protocol):
    """Who hears of a load's progress."""

    def started(self, stage: str) -> None:
        """A stage of mark.STAGES begins."""

    def progress(self, stage: str, what: str) -> None:
        """Something in it is done."""

    def ended(self, stage: str, seconds: float) -> None:
        """It is over."""


class Silence:
    """A reporter that says nothing."""

    def started(self, stage: str) -> None:
        """Say nothing."""

    def progress(self, stage: str, what: str) -> None:
        """Say nothing."""

    def ended(self, stage: str, seconds: float) -> None:
        """Say nothing."""


@dataclass
class Session:
    """What the stages of one load share, and what they found."""

    home: Home
    source: Path
    years: list[int] | None
    """Fiscal years to load; None: all."""
    engine: engines.Engine
    log: Path
    """What libraries have to say; for maintainers."""
    reporter: Reporter = field(default_factory=Silence)
    is_unattended: bool = False
    landed: pl.DataFrame = field(default_factory=pl.DataFrame)
    """What the landing folder holds (ingest.documents.DOCUMENTS)."""
    archived: set[str] = field(default_factory=set)
    """The sha256 of what this load has archived, and so looked at byte by byte."""
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """Counts for the summary and the manifest."""
    gates: dict[str, GateResult] = field(default_factory=dict)
    proposed: list[Entry] = field(default_factory=list)
    """Baselines that nobody has accepted yet."""
    run_id: str = ""
    """Dagster's; empty until its run begins."""
    release_id: str = ""
    base: Base | None = None
    """The release that this load builds on; None: on nothing."""
    copy: Copy | None = None
    """What the last build left, copied from its release to where the next build goes on; None: it is there, or of no use."""
    healed: "Future[None] | None" = None
    """The lake's bytes as they are looked through while the engines start; None: not yet begun."""
    build: Build = field(default_factory=Build)
    anew: Anew | None = None
    """What was built on top of it."""
    compared: "Future[tuple[release.Release | None, dict[str, Any]]] | None" = None
    """The served release and what differs from it, as it is compared while Dagster hears of the tables; None: not yet begun."""
    judged: "Future[GateResult] | None" = None
    """What the gate says of what was built, begun likewise."""
    meanwhile: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))
    """For what need not be waited for yet; at the session's end it is."""
    published: release.Release | None = None
    trouble: Exception | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage and keep what went wrong in it."""
        self.reporter.started(name)
        mark.reached(self.home, name)
        started = time.monotonic()
        try:
            yield
        except Exception as error:
            self.trouble = error
            raise
        finally:
            self.seconds[name] = round(time.monotonic() - started, 2)
            self.reporter.ended(name, self.seconds[name])


_open: list[Session] = []


@contextmanager
def opened(
    home: Home,
    source: Path | None,
    years: list[int] | None,
    reporter: Reporter | None = None,
    engine: str | None = None,
) -> Iterator[Session]:
    """Open a session, or join the one that this process has open: one load at a time.

    Without a reporter nobody is waiting: the load stands in line where another one is under way.
    """
    if _open:
        yield _open[-1]
        return
    with ExitStack() as stack:
        stack.enter_context(home.lock() if reporter else home.lock(patience=_IN_LINE))
        killed = stack.enter_context(mark.marked(home))
        if killed:
            _LOG.warning(
                "The load of %s was killed in the stage %s; this one makes good. 上次装载中断，本次将补齐。",
                killed.since,
                killed.stage or "-",
            )
        store.fetch(home)
        release.sweep(home)
        retention.sweep(home)
        damage.heal(home)
        runs = home.quality / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        log = runs / f"load-{clock.now():%Y%m%dT%H%M%S}.log"
        chosen = stack.enter_context(engines.opened(engine, log))
        heard = reporter or Silence()
        session = Session(home, source or home.source(), years, chosen, log, heard, is_unattended=reporter is None)
        last = base.last_build(home) if chosen.builds_on_top else None
        if last:
            session.base = base.of(home)
            if last != home.database:
                session.copy = stack.enter_context(Copy(last, home.database))
        stack.enter_context(session.meanwhile)
        _open.append(session)
        stack.callback(_open.remove, session)
        stack.enter_context(_told(session))
        yield session


@contextmanager
def _told(session: Session) -> Iterator[None]:
    """Tell the maintainers what became of a load, unless somebody stopped it, who knows."""
    try:
        yield
    except Exception as error:
        session.trouble = error
        _tell(session)
        raise
    _tell(session)


def _tell(session: Session) -> None:
    try:
        post.report(session.home, *sources.of_load(session, session.trouble))
    except Exception as error:
        # Whatever it is: a load that went well is not undone by a mistake in alerts.yml; `jixiao doctor` says it too.
        _LOG.warning("The alerts could not be sent: %s 告警未能发送。", error)
