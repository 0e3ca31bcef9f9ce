"""The words for what could not be read: messages.yml as a table, and quarantine rows made with it."""

from functools import cache
from pathlib import Path

import polars as pl
import yaml

from ingest.schema import LAKE, empty

_FILE = Path(__file__).with_name("messages.yml")
_LONGEST = 2000


@cache
def messages() -> pl.DataFrame:
    """Return messages.yml: `reason` (the code), `hint` (English), `hint_zh`."""
    entries: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    rows = [(code, words["en"], words["zh"]) for code, words in entries.items()]
    return pl.DataFrame(rows, schema=["reason", "hint", "hint_zh"], orient="row")


def quarantine(rows: pl.DataFrame) -> pl.DataFrame:
    """Make quarantine rows.

    Args:
        rows: `document_id` and `reason`; further columns of LAKE["quarantine"] where they are known, and `detail`,
            a few words on this very case that are put behind the hint in brackets.

    Returns:
        LAKE["quarantine"], in the order of `rows`.

    Raises:
        KeyError: a reason has no words in messages.yml.
    """
    schema = LAKE["quarantine"]
    if not rows.height:
        return empty("quarantine")
    unknown = rows.join(messages(), on="reason", how="anti").get_column("reason").unique().to_list()
    if unknown:
        raise KeyError(f"ingest/messages.yml has no words for {unknown}; add en and zh for each")
    given = rows.join(messages(), on="reason", how="left", maintain_order="left")
    detail = pl.col("detail") if "detail" in rows.columns else pl.lit(None, pl.String)
    blank = {"table_no": 0, "line_start": 0, "line_end": 0, "raw_text": ""}
    return given.with_columns(
        *(pl.lit(value).alias(name) for name, value in blank.items() if name not in rows.columns),
        *([] if "form_no" in rows.columns else [pl.lit(None).alias("form_no")]),
        hint=pl.concat_str("hint", pl.format(" ({})", detail).fill_null("")),
        hint_zh=pl.concat_str("hint_zh", pl.format("（{}）", detail).fill_null("")),
    ).select(
        pl.col(name).str.slice(0, _LONGEST).cast(kind) if name == "raw_text" else pl.col(name).cast(kind)
        for name, kind in schema.items()
    )
