"""What was recognised in a document, and why: line by line, for whoever adds a label, a family, or a correction."""

from pathlib import Path
from typing import Final

import polars as pl

from ingest import documents
from ingest.lexicon import labels
from ingest.messages import messages
from ingest.parse import parse, tokens_of
from ingest.readers.reading import read

_DISPOSITIONS: Final = {
    "title": "标题", "header": "项目信息", "label": "标签", "funding": "资金", "execution": "预算执行",
    "goal": "绩效目标", "indicator": "指标", "total": "合计", "task": "任务", "signature": "签章",
    "note": "注释", "blank": "空行", "ruler": "分隔线", "outside": "表外", "quarantined": "隔离",
}  # fmt: skip
_LONGEST: Final = 24
_HEAD: Final = (
    "Each line 每行: number 行号 | what became of it 去向 | its cells 单元格, each"
    " column 列:text 文字=role 角色 (ingest/profiles/labels.yml)\n"
)


def explain_file(path: Path) -> str:
    """Read one file as a load would, and explain it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    found = documents.scan(path.parent).filter(
        (pl.col("file_name") == path.name) | pl.col("file_name").str.starts_with(f"{path.name}!"),
        pl.col("status").is_in(["document", "quarantined"]),
    )
    said = []
    for batch in read(found, workers=1):
        for row in batch.quarantine.filter(pl.col("line_start") == 0).iter_rows(named=True):
            said.append(f"{row['reason']}: {row['hint']} {row['hint_zh']}\n")
        if batch.lines.height:
            said.append(explain(batch.lines, found))
    return "\n".join(said)


def explain(lines: pl.DataFrame, documents: pl.DataFrame) -> str:
    """Explain what is read of lines: the forms with their family, year, region and money unit, then line by line.

    Args:
        lines: LINES.
        documents: as `ingest.parse.parse` takes them.
    """
    tables = parse(lines, documents)
    parts = [_HEAD, *_forms(tables), *_lines(lines, tables), *_quarantined(tables["quarantine"])]
    return "\n".join(parts) + "\n"


def _forms(tables: dict[str, pl.DataFrame]) -> list[str]:
    """Say of each form what it was taken for, and by what."""
    return [
        f"Form 表格 {form['form_no']}: lines 行 {form['line_start']}-{form['line_end']}, family 版式 {form['family']}"
        f" ({form['form_type']}), {form['project_name'] or form['department_name'] or ''};"
        f" year 年度 {form['fiscal_year']} (by 依据 {form['fiscal_year_from']}),"
        f" region 地区 {form['region_code']} (by 依据 {form['region_from']}),"
        f" money in 金额单位 {form['money_unit']}, total 合计 {form['total_yuan']},"
        f" indicators 指标 {form['indicator_count']}"
        for form in tables["form"].iter_rows(named=True)
    ]


def _lines(lines: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> list[str]:
    """Say of each line what became of it, which labels stand in it, and the indicator that was read of it."""
    numbered = lines.with_row_index("line")
    tokens, leaders = tokens_of(numbered)
    words = labels().select("word")[tokens.get_column("label")].to_series()
    said = pl.col("text").str.replace_all(r"\s+", " ")
    short = pl.when(said.str.len_chars() > _LONGEST).then(said.str.slice(0, _LONGEST) + "…").otherwise(said)
    cells = tokens.with_columns(
        cell=pl.concat_str(
            pl.col("column_no"), pl.lit(":"), short, pl.lit("=") + pl.col("role").cast(pl.String), ignore_nulls=True
        ),
        word=words,
    )
    rows = cells.group_by("line", maintain_order=True).agg(pl.col("cell").str.join(" | "))
    at = ["document_id", "table_no", "line_no"]
    read = (
        tables["indicator"]
        .group_by(at, maintain_order=True)
        .agg(
            pl.format(
                "    → {} / {} / {} : {}",
                *(pl.col(name).fill_null("-") for name in ("level1", "level2", "content", "value_raw")),
            )
            .str.join("\n")
            .alias("read")
        )
    )
    ledger = (
        numbered.with_columns(tables["source_line"].get_column("disposition"))
        .join(rows, on="line", how="left", maintain_order="left")
        .join(leaders.filter(pl.col("line") != pl.col("leader")), on="line", how="left", maintain_order="left")
        .join(read, on=at, how="left", maintain_order="left")
    )
    return [_line(row, lines) for row in ledger.iter_rows(named=True)]


def _line(row: dict[str, object], lines: pl.DataFrame) -> str:
    what = f"{row['disposition']} {_DISPOSITIONS[str(row['disposition'])]}"
    table = f"{row['table_no']}." if row["table_no"] else ""
    leader = row["leader"]
    where = f" (to line 归入第 {lines.item(int(str(leader)), 'line_no')} 行)" if leader is not None else ""
    end = f"\n{row['read']}" if row["read"] else ""
    return f"{table}{row['line_no']:>5} | {what}{where} | {row['cell'] or ''}{end}"


def _quarantined(rows: pl.DataFrame) -> list[str]:
    """Say why lines are in quarantine and what to do."""
    hints = {reason: (en, zh) for reason, en, zh in messages().iter_rows()}
    return [
        f"Quarantined 隔离: lines 行 {row['line_start']}-{row['line_end']},"
        f" {row['reason']}: {' '.join(hints[row['reason']])}"
        for row in rows.iter_rows(named=True)
    ]
