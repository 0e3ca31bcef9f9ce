"""How a load shows its progress: a moving line on a terminal, a plain line a stage on a pipe, or JSON lines."""

import logging

from rich.console import Console
from rich.status import Status

from orchestration import logs
from orchestration.mark import STAGES
from orchestration.session import Reporter


def reporter(console: Console) -> "Reporter":
    """Return the reporter that fits where `console` writes."""
    if logs.is_json():
        return Logged()
    return Moving(console) if console.is_terminal else Plain(console)


class Plain:
    """One line a stage, when it is over."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def started(self, stage: str) -> None:
        """Wait for the end."""

    def progress(self, stage: str, what: str) -> None:
        """Wait for the end."""

    def ended(self, stage: str, seconds: float) -> None:
        """Say what is done and how long it took."""
        en, zh = STAGES[stage]
        self.console.print(f"{en} {zh} … {seconds:.1f} s", highlight=False)


class Moving(Plain):
    """The same lines, and a spinner that says what is going on."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._status: Status | None = None

    def started(self, stage: str) -> None:
        """Show the stage."""
        en, zh = STAGES[stage]
        self._status = self.console.status(f"{en} {zh}")
        self._status.start()

    def progress(self, stage: str, what: str) -> None:
        """Show what was done last."""
        en, zh = STAGES[stage]
        if self._status:
            self._status.update(f"{en} {zh}  [dim]{what}[/dim]")

    def ended(self, stage: str, seconds: float) -> None:
        """Stop moving and leave the line."""
        if self._status:
            self._status.stop()
        super().ended(stage, seconds)


class Logged:
    """One log record at the beginning and at the end of each stage."""

    _log = logging.getLogger(__name__)

    def started(self, stage: str) -> None:
        """Log the beginning."""
        self._log.info("%s begins", STAGES[stage][0], extra={"data": {"stage": stage}})

    def progress(self, stage: str, what: str) -> None:
        """Wait for the end."""

    def ended(self, stage: str, seconds: float) -> None:
        """Log the end."""
        self._log.info("%s has ended", STAGES[stage][0], extra={"data": {"stage": stage, "seconds": seconds}})
