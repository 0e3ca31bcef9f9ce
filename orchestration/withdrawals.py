"""Withdrawn documents: a decision with a reason, kept in the home; the document stays, and is no longer in force."""

import os
from typing import Any

import polars as pl
import yaml

from ingest import entries, lake
from orchestration import clock
from orchestration.home import Home
from orchestration.trouble import Trouble

_BEGINNING = 6
"""Characters of an id that name a document: fewer may be meant otherwise."""


def decisions(home: Home) -> dict[str, dict[str, Any]]:
    """Return the withdrawals by document_id, each with its reason and date; raises Trouble that says what is wrong."""
    try:
        written = entries.read(home.withdrawn)
        for number, entry in enumerate(written, 1):
            if not isinstance(entry, dict) or not isinstance(entry.get("document_id"), str):
                raise ValueError(
                    f"{home.withdrawn}, entry 条目 {number}: document_id, file_name, reason and on were expected, as text"
                    f" in quotes 应为带引号的文本, found 实际为 {entry!r}"
                )
    except ValueError as error:
        raise Trouble(
            f"The withdrawals cannot be read. {error}. Mend the file; `jixiao withdraw` writes such entries.",
            f"无法读取撤回记录：{error}。请修正该文件；jixiao withdraw 会写入这样的条目。",
        ) from error
    return {entry["document_id"]: entry for entry in written}


def withdraw(home: Home, document: str, reason: str) -> str:
    """Record that `document` (the beginning of its id, or its file name) is withdrawn; return its file name."""
    if not document.strip() or not reason.strip():
        raise Trouble("Name the document, and say why: neither may be empty.", "请指明文件并写明原因，两者均不可为空。")
    begins = pl.col("document_id").str.starts_with(document) & (len(document) >= _BEGINNING)
    matches = lake.documents(home.lake).filter(begins | (pl.col("file_name") == document))
    if matches.height != 1:
        names = ", ".join(matches["file_name"]) or "-"
        raise Trouble(
            f"{document!r} names {matches.height} loaded documents ({names}); it has to name one, by file name or the"
            f" first {_BEGINNING} or more characters of its id."
            ' See: uv run jixiao query "from dim_document"',
            f"{document!r} 对应 {matches.height} 份已入库文件（{names}）；请用文件名或编号（至少前 {_BEGINNING} 位）指明一份。",
        )
    found = matches.row(0, named=True)
    entry = {
        "document_id": found["document_id"],
        "file_name": found["file_name"],
        "reason": reason.strip(),
        "on": _today(),
    }
    kept = [*({**decisions(home), found["document_id"]: entry}).values()]
    aside = home.withdrawn.with_suffix(".aside")
    aside.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), "utf-8")
    os.replace(aside, home.withdrawn)
    return found["file_name"]


def are_marked(home: Home) -> bool:
    """Whether the lake's document table says of each document what the decisions say."""
    return _unmarked(home).is_empty()


def mark(home: Home) -> None:
    """Let the lake's document table say what the decisions say."""
    unmarked = _unmarked(home)
    if unmarked.height:
        frames = lake.read(home.lake, unmarked["document_id"])
        frames["document"] = frames["document"].with_columns(status=pl.lit("withdrawn"))
        writer = lake.Writer(home.lake)
        writer.add(frames, frames["document"].select("document_id", "fiscal_year"))
        writer.commit()


def _unmarked(home: Home) -> pl.DataFrame:
    held = lake.documents(home.lake)
    return held.filter(pl.col("document_id").is_in(list(decisions(home))), pl.col("status") != "withdrawn")


def _today() -> str:
    return clock.now().date().isoformat()
