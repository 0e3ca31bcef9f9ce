"""What a reader is told about a line that could not be read: messages.yml."""

from functools import cache
from pathlib import Path

import polars as pl
import yaml


@cache
def hints() -> pl.DataFrame:
    """Return `reason`, `hint`, `hint_zh`."""
    messages = yaml.safe_load((Path(__file__).parent / "messages.yml").read_text(encoding="utf-8"))
    return pl.DataFrame(
        [(code, said["en"], said["zh"]) for code, said in messages.items()],
        schema={"reason": pl.String, "hint": pl.String, "hint_zh": pl.String}, orient="row",
    )
