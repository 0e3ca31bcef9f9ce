"""What several commands take on the command line."""

import os
from pathlib import Path
from typing import Annotated

import typer


def _named(home: Path | None) -> Path | None:
    """Let whatever this process does find the home that was named, its own errors' log too."""
    if home:
        os.environ["JIXIAO_HOME"] = str(home.absolute())
    return home


HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        callback=_named,
        help="The home folder; else JIXIAO_HOME, else ./home. 主目录。",
        show_default=False,
    ),
]
