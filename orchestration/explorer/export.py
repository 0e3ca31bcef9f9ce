"""Downloads: any list as CSV, XLSX or Parquet, written in batches to a file that is sent and removed.

What a spreadsheet would take for a formula gets an apostrophe before it: a document's text must not run anything.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from orchestration.trouble import Trouble

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
MOST_XLSX_ROWS = 1_048_575
_FORMULA = r"^[=+\-@\t\r]"


def write(file: Path, kind: str, rows: pa.RecordBatchReader, titles: list[str]) -> None:
    """Write `rows` to `file`; spreadsheets get `titles` as their first row, Parquet keeps the columns' own names.

    Raises Trouble where a worksheet cannot hold the rows.
    """
    if kind == "parquet":
        with pyarrow.parquet.ParquetWriter(file, rows.schema, compression="zstd") as parquet:
            for batch in rows:
                parquet.write_batch(batch)
    elif kind == "csv":
        _write_csv(file, rows, titles)
    else:
        _write_xlsx(file, rows, titles)


def _write_csv(file: Path, rows: pa.RecordBatchReader, titles: list[str]) -> None:
    schema = pa.schema([field.with_name(title) for field, title in zip(rows.schema, titles, strict=True)])
    with file.open("wb") as raw:
        raw.write("\ufeff".encode())  # Excel reads UTF-8 only where the file says so
        with pyarrow.csv.CSVWriter(raw, schema) as csv:
            for batch in _harmless(rows):
                csv.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _write_xlsx(file: Path, rows: pa.RecordBatchReader, titles: list[str]) -> None:
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(
        str(file), {"constant_memory": True, "default_date_format": "yyyy-mm-dd", **plain}
    ) as book:
        sheet = book.add_worksheet("jixiao")
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        line = 0
        for batch in _harmless(rows):
            if line + batch.num_rows > MOST_XLSX_ROWS:
                raise Trouble(
                    f"A worksheet holds {MOST_XLSX_ROWS} rows, this list is longer: filter it, or take CSV or Parquet.",
                    f"工作表最多 {MOST_XLSX_ROWS} 行，本列表超出：请先筛选，或下载 CSV、Parquet。",
                )
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                line += 1
                sheet.write_row(line, 0, values)


def _harmless(rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        columns = [_neutralised(column) if pa.types.is_string(column.type) else column for column in batch.columns]
        yield pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def _neutralised(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(text, _FORMULA), pc.binary_join_element_wise("'", text, ""), text)  # pyright: ignore[reportAttributeAccessIssue]
