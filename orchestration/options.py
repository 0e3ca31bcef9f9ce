"""What several commands take on the command line."""

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The home folder; else JIXIAO_HOME, else ./home. 主目录。", show_default=False),
]
