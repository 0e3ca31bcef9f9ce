"""Reviewed corrections of the source: a YAML file says which line reads how, and what it should read; each is recorded.

```yaml
- id: liuzhou-2023-419            # stays in source_line.correction_id
  document: 2023/liuzhou-2023.txt # name under the landing folder (or its end), or the sha256 of the bytes
  table: 0                        # number of the sheet or table; 0 (may be left out) for text
  line: 419
  expect: "\t产出指标\t质量指标\t完成时间\t12月"  # the line as it stands now
  replace: "\t产出指标\t时效指标\t完成时间\t12月" # the line as it is to be read
  reason: displaced label
  evidence: the bureau's scan, page 12
  by: Li Ming
  date: 2026-11-24
  status: accepted                # proposed, accepted, withdrawn; only accepted ones are applied
```
"""

from pathlib import Path
from typing import Any, Final

import polars as pl

from ingest import entries
from ingest.messages import quarantine

CORRECTIONS: Final = pl.Schema(
    {
        "correction_id": pl.String,
        "document": pl.String,
        "table_no": pl.UInt32,
        "line_no": pl.UInt32,
        "expect": pl.String,
        "replace": pl.String,
    }
)
"""The accepted corrections, as `load` returns them."""

_TEXTS: Final = ("id", "document", "expect", "replace", "reason", "evidence", "by", "status")
_MOST: Final = 2**32 - 1
"""The largest number of a line or table that CORRECTIONS holds."""
_STATES: Final = ("proposed", "accepted", "withdrawn")


def load(file: Path) -> pl.DataFrame:
    """Read a file of corrections; return the accepted ones (CORRECTIONS), none where there is no such file.

    Raises:
        ValueError: an entry lacks a field, holds a wrong one, or two share an id or a line; the message says which.
    """
    written = entries.read(file)
    for number, entry in enumerate(written, 1):
        _check(f"{file}: correction {number} 第 {number} 条更正", entry)
    accepted = pl.DataFrame(
        [
            (one["id"], one["document"], one.get("table", 0), one["line"], one["expect"], one["replace"])
            for one in written
            if one["status"] == "accepted"
        ],
        schema=CORRECTIONS,
        orient="row",
    )
    for key in (["correction_id"], ["document", "table_no", "line_no"]):
        double = accepted.filter(pl.struct(key).is_duplicated())
        if double.height:
            raise ValueError(
                f"{file}: two corrections have the same 两条更正的以下字段相同 {key}: {double.item(0, key[0])}"
            )
    return accepted


def _check(where: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: expected fields 应为字段集合, found 实际为 {entry!r}")
    missing = [name for name in (*_TEXTS, "line", "date") if name not in entry]
    if missing:
        raise ValueError(f"{where}: add the missing fields 请补充缺少的字段 {missing}")
    wrong = [name for name in _TEXTS if not isinstance(entry[name], str)]
    if wrong:
        raise ValueError(f"{where}: write these fields as text in quotes 以下字段请写成带引号的文本: {wrong}")
    for name in ("line", "table"):
        value, least = entry.get(name, 0), int(name == "line")
        if type(value) is not int or not least <= value <= _MOST:
            raise ValueError(
                f"{where}: {name} must be a whole number 必须是整数 ({least} … {_MOST}), found 实际为 {value!r}"
            )
    if entry["status"] not in _STATES:
        raise ValueError(f"{where}: status must be one of {_STATES} 状态须为其中之一, found 实际为 {entry['status']!r}")


def apply(lines: pl.DataFrame, corrections: pl.DataFrame, documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Correct lines before they are parsed.

    Args:
        lines: LINES.
        corrections: CORRECTIONS.
        documents: `document_id`, `file_name` of the documents of `lines`.

    Returns:
        LINES with the corrected texts and `correction_id`; and LAKE["quarantine"]: the corrections that match no more,
        each with the line as it stands (the document's line 0 where there is no such line).
    """
    due = _due(corrections, documents)
    if not due.height:
        return lines.with_columns(correction_id=pl.lit(None, pl.String)), quarantine(
            pl.DataFrame(schema={"reason": pl.String})
        )
    at = ["document_id", "table_no", "line_no"]
    found = lines.join(due, on=at, how="left", maintain_order="left")
    fits = pl.col("raw_text").str.strip_chars_end() == pl.col("expect").str.strip_chars_end()
    corrected = found.select(
        *(pl.col(name) for name in lines.columns if name != "raw_text"),
        raw_text=pl.when(fits).then("replace").otherwise("raw_text"),
        correction_id=pl.when(fits).then("correction_id"),
    ).select(*lines.columns, "correction_id")
    broken = due.join(lines.select(*at, "raw_text"), on=at, how="left", maintain_order="left").filter(
        ~fits.fill_null(value=False)
    )
    return corrected, quarantine(
        broken.select(
            "document_id",
            "table_no",
            line_start=pl.when(pl.col("raw_text").is_null()).then(0).otherwise("line_no"),
            line_end=pl.when(pl.col("raw_text").is_null()).then(0).otherwise("line_no"),
            raw_text=pl.col("raw_text").fill_null(""),
            reason=pl.lit("correction_unmatched"),
            detail=pl.format("{}: {} {}", "correction_id", "line_no", "expect"),
        )
    )


def of_nothing(corrections: pl.DataFrame, documents: pl.DataFrame) -> list[str]:
    """Return the ids of corrections (CORRECTIONS) that name none of `documents` (`document_id`, `file_name`)."""
    if corrections.is_empty():
        return []
    due = _due(corrections, documents)["correction_id"]
    return corrections.filter(~pl.col("correction_id").is_in(due.implode()))["correction_id"].to_list()


def _due(corrections: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Return the corrections of these documents, by `document_id`: named by hash, by name, or by the end of a name."""
    pairs = corrections.join(documents.select("document_id", "file_name"), how="cross")
    name, document = pl.col("file_name"), pl.col("document")
    mine = (document == pl.col("document_id")) | (name == document) | name.str.ends_with(pl.lit("/") + document)
    return pairs.filter(mine).drop("document", "file_name")
