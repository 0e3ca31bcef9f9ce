"""Questions to the published release: read only, and nothing outside its own file."""

import json
import re
import sys
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TextIO

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.release import Release
from orchestration.trouble import Trouble

SHOWN = 1000
"""Rows that `table` shows; the other formats give all."""


def ask(release: Release, sql: str) -> pa.Table:
    """Return the answer to `sql`; tables need no schema name. Raises Trouble with DuckDB's own words."""
    with duckdb.connect(str(release.database), read_only=True) as connection:
        connection.execute("set enable_external_access = false")
        connection.execute("use marts")
        connection.execute("set lock_configuration = true")
        try:
            answer = connection.sql(sql)
            return answer.to_arrow_table() if answer else pa.table({})
        except duckdb.CatalogException as error:
            tables = ", ".join(name for (name,) in connection.execute("show tables").fetchall())
            # DuckDB proposes tables of its own that nobody has asked for.
            said = re.sub(r"\nDid you mean \"pg_.*", "", str(error).split("\n\nLINE")[0])
            raise Trouble(
                f"The query could not be answered. {said}\nThe tables are: {tables}. What their columns mean:"
                f" {release.folder / 'dictionary.html'}",
                f"查询无法执行：没有这个表、列或函数。上面列出了全部表；各列含义见 {release.folder / 'dictionary.html'}",
            ) from error
        except duckdb.Error as error:
            raise Trouble(
                f"The query could not be answered. {error}",
                "查询无法执行，数据库的说明见上。请检查 SQL 语句。",
            ) from error


def show(answer: pa.Table, output_format: str, out: TextIO = sys.stdout) -> None:
    """Write `answer` to `out` as table, csv, json (an array of records) or parquet."""
    if output_format == "table":
        _show_table(answer, out)
    elif output_format == "json":
        json.dump(answer.to_pylist(), out, ensure_ascii=False, indent=1, default=_plain)
        out.write("\n")
    elif output_format == "csv":
        pyarrow.csv.write_csv(_for_csv(answer), out.buffer)
    else:
        pyarrow.parquet.write_table(answer, pa.PythonFile(out.buffer, "w"))


def _show_table(answer: pa.Table, out: TextIO) -> None:
    # On a pipe there is no width to fit into.
    console = Console(file=out) if out.isatty() else Console(file=out, width=10_000)
    table = Table()
    for name in answer.column_names:
        kind = answer.schema.field(name).type
        number = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in answer.slice(0, SHOWN).to_pylist():
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    if answer.num_rows:
        console.print(table)
    else:
        console.print("0 rows 没有符合条件的行", highlight=False)
    if answer.num_rows > SHOWN:
        console.print(
            f"{SHOWN} of {answer.num_rows} rows; --format csv gives all. 仅显示前 {SHOWN} 行，--format csv 可导出全部。"
        )


def _for_csv(answer: pa.Table) -> pa.Table:
    """Write nested values as their text: CSV has no other way."""
    columns = [
        pa.array(
            [
                None if value is None else json.dumps(value, ensure_ascii=False, default=_plain)
                for value in column.to_pylist()
            ]
        )
        if pa.types.is_nested(column.type)
        else column
        for column in answer.columns
    ]
    return pa.table(columns, names=answer.column_names)


def _plain(value: Any) -> Any:
    """Return what JSON knows: a decimal as a number where none of its digits is lost, else as its text."""
    if isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else float(value)
        return number if Decimal(str(number)) == value else str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)
