"""The main job from the command line: is there anything to do; if so, run Dagster's job; say what came of it.

Nothing heavy is imported before it is known that there is work: an unchanged landing folder is a matter of a second.
"""

import gc
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.results import GateResult
from orchestration import damage, inputs, instance, interruption, postgres, reading, release, store
from orchestration.home import Home
from orchestration.session import Reporter, Session, opened
from orchestration.trouble import Trouble

if TYPE_CHECKING:
    from dagster import DagsterEvent, ExecuteInProcessResult, JobDefinition


class Blocked(Trouble):
    """A gate has blocked the release; `gate` holds the offending rows, `option` what commands need to find the home."""

    def __init__(self, gate: GateResult, option: str) -> None:
        count = sum(failure.blocks for failure in gate.failures)
        super().__init__(
            f"The gate '{gate.gate}' blocked this load: {count} of {gate.checked} checks failed."
            " Nothing was published.",
            f"检查“{gate.gate}”阻止了本次装载：{gate.checked} 项中有 {count} 项未通过。未发布任何内容。",
        )
        self.gate, self.option = gate, option


def load(
    home: Home, source: Path | None, years: list[int] | None, reporter: Reporter, engine: str | None = None
) -> Session:
    """Load, check and publish; a session without `published` found nothing to do.

    Raises Trouble where something went wrong or a gate blocked, KeyboardInterrupt where somebody stopped it: then nothing was
    published.
    """
    # Processes that Dagster starts, and its definitions, find the home there.
    os.environ["JIXIAO_HOME"] = str(home.root)
    with opened(home, source, years, reporter, engine) as session, interruption.heard():
        reading.scan(session)
        if reading.is_current(session) and _is_published(home):
            postgres.follow(home)
            store.keep(home)
            return session
        if session.copy:
            session.copy.begin()
        about = reading.years(session)
        # From here on the lake may lose a damaged part, until `reading.refresh` has waited for it.
        session.healed = session.meanwhile.submit(damage.heal, home, thorough=True)
        session.engine.start()
        with session.stage("start"):
            job = _job(session.home)
        result = _run(session, job, about)
        if not result.success or session.published is None:
            raise _trouble(session, result)
    return session


def _is_published(home: Home) -> bool:
    served = release.current(home)
    return served is not None and release.is_whole(served) and served.manifest.get("key") == inputs.key(home)


def _job(home: Home) -> "JobDefinition":
    """Import Dagster and dbt and put the graph together: most of a small load's time."""
    gc.disable()  # what they make is kept: there is nothing to find among it, however often it is looked through
    try:
        from orchestration.definitions import JOB, defs  # noqa: PLC0415

        return defs().resolve_job_def(JOB)
    finally:
        gc.freeze()
        gc.enable()


def _run(session: Session, job: "JobDefinition", years: list[int]) -> "ExecuteInProcessResult":
    """Run Dagster's job in this process, as one of `years`, into the home's own run history."""
    from orchestration.defs import partitions  # noqa: PLC0415

    config = {"home": str(session.home.root), "source": str(session.source), "years": session.years or []}
    tags = {"jixiao/command": "load", **partitions.tags(years)}
    if session.years is None:
        tags |= partitions.EVERY
    run_id = str(uuid.uuid4())
    interruption.shield_helpers()
    with instance.opened(session.home) as history, instance.at_hand(history):
        return job.execute_in_process(
            run_id=run_id,
            run_config={
                "resources": {"desk": {"config": config}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            instance=history,
            tags=tags,
            raise_on_error=False,
        )


def _trouble(session: Session, result: "ExecuteInProcessResult") -> Exception:
    """Return why nothing was published: a gate that blocked, what a stage raised, or what Dagster says."""
    if session.trouble is not None:
        return session.trouble
    blocked = [gate for gate in session.gates.values() if not gate.passed]
    if blocked:
        return Blocked(blocked[-1], session.home.option)
    failed = [event for event in result.all_events if event.is_failure]
    said = _said(failed[0]) if failed else "the run ended without a release"
    return Trouble(f"The run failed: {said}", f"运行失败：{said}")


def _said(event: "DagsterEvent") -> str:
    """Return the first cause of a failure, in Dagster's words."""
    error = getattr(event.event_specific_data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return f"{event.message} {error.message if error else ''}".strip()
