"""Gates in a process of their own: Great Expectations takes seconds and 280 MB to import, and does so meanwhile.

`python -m expectations.worker` reads one request a line from its standard input (JSON: the arguments of `gate.run`) and
answers each with two lines on its standard output: the verdict, and DONE once its pages are written, which need not be waited
for. It ends when its input ends, also when its parent was killed.
"""

import gc
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from expectations.results import GateResult, OnTop

DONE = "done"


class Gatekeeper:
    """Starts the process and asks it; a context manager. `log` takes what the process writes for maintainers."""

    def __init__(self, log: IO[bytes]) -> None:
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._gate: str | None = None
        """Whose pages are being written; None: nobody's."""

    def start(self) -> None:
        """Start the process, so that it imports while other work is done."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "expectations.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl+C is for the parent, which ends this when it has to
            )

    def run(self, gate: str, database: Path, quality: Path, accepted: Path, on_top: OnTop | None = None) -> GateResult:
        """Run a gate there and return its verdict, while its pages are still being written (`finish`); raises RuntimeError
        when the process died."""
        self.finish()
        self.start()
        process = self._process
        assert process is not None and process.stdin is not None  # noqa: PT018, S101
        request = {"gate": gate, "database": str(database), "quality": str(quality), "accepted": str(accepted)}
        if on_top:
            request |= {"new": str(on_top.database), "years": list(on_top.years)}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        result = GateResult.from_json(self._answer(process, f"ran the gate {gate!r}"))
        self._gate = gate
        return result

    def finish(self) -> None:
        """Return once the pages of the last gate are written; raises RuntimeError when the process died before that."""
        gate, self._gate = self._gate, None
        if gate and self._process:
            self._answer(self._process, f"wrote the pages of the gate {gate!r}")

    def _answer(self, process: "subprocess.Popen[str]", what: str) -> str:
        assert process.stdout is not None  # noqa: S101
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The process of the gates ended while it {what} (exit {process.wait()}).")
        return answer

    def __enter__(self) -> "Gatekeeper":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process:
            try:
                self.finish()  # whoever hears of a verdict is led to its pages
            finally:
                self._process.kill()
                self._process.communicate()


def serve() -> None:
    """Answer requests until the input ends."""
    # Libraries print to standard output: theirs goes to the log, ours alone to the parent.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(line: str) -> None:
        answers.write(f"{line}\n")
        answers.flush()

    # What imports make is kept: looking through all of it for garbage, again and again, is a third of their time.
    gc.disable()
    _when_asked_for("scipy.stats")
    import great_expectations  # noqa: F401, PLC0415

    from expectations import gate  # noqa: PLC0415

    gc.freeze()
    gc.enable()

    for line in sys.stdin:
        request = json.loads(line)
        paths = {name: Path(request[name]) for name in ("database", "quality", "accepted")}
        on_top = OnTop(Path(request["new"]), frozenset(request["years"])) if "new" in request else None
        gate.run(request["gate"], **paths, on_top=on_top, tell=lambda result: say(result.to_json()))
        say(DONE)


def _when_asked_for(module: str) -> None:
    """Let a module be loaded once something looks into it.

    Great Expectations imports scipy.stats for three expectations about distributions, which no gate uses: a quarter of the
    time of all its imports.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.loader is None or module in sys.modules:
        return
    package, _, name = module.rpartition(".")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[module] = lazy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lazy)
    setattr(sys.modules[package], name, lazy)  # else `from package import name` would look into it


if __name__ == "__main__":
    serve()
