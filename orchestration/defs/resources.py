"""The load's session as a Dagster resource: which home, which landing folder. Nothing that does work belongs here."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field, PrivateAttr

from orchestration import session
from orchestration.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator


WRITER = "home"
"""The pool of what writes to the home; dagster.yaml lets one run at a time into it."""


class Desk(dg.ConfigurableResource):
    """Opens the session of a run; a run that the command line started joins the one it has open."""

    home: str = ""
    """The home folder; empty: JIXIAO_HOME, or ./home."""
    source: str = ""
    """The landing folder; empty: the home's, or the sample that ships."""
    engine: str = ""
    """duckdb or spark; empty: JIXIAO_ENGINE, or duckdb."""
    years: list[int] = Field(default_factory=list)
    """Fiscal years to load; empty: those of the run's partitions."""

    _session: session.Session = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Iterator[Desk]":
        """Hold the session while the run lasts."""
        source = Path(self.source).absolute() if self.source else None
        with session.opened(Home.at(self.home or None), source, self.years or None, engine=self.engine) as opened:
            self._session = opened
            opened.run_id = context.run_id or ""
            yield self

    @property
    def session(self) -> session.Session:
        """The session of this run."""
        return self._session
