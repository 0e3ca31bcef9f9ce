"""Questions to the published release: read only, and nothing outside its own file."""

import json
import re
import sys
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, count
from math import isfinite
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
_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
"""Control characters, as a table shows them: what a document holds gives no orders to a terminal."""


def ask(release: Release, sql: str) -> pa.Table:
    """Return the answer to `sql`; tables need no schema name. Raises Trouble with DuckDB's own words."""
    with duckdb.connect(str(release.database), read_only=True) as connection:
        connection.execute("set enable_external_access = false")
        connection.execute("use marts")
        connection.execute("set lock_configuration = true")
        try:
            answer = connection.sql(sql)
            table = answer.to_arrow_table() if answer else pa.table({})
            return table.rename_columns(_distinct(table.column_names))
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


def _distinct(names: list[str]) -> list[str]:
    """Number the names that come again (id, id_1), as DuckDB's own tools do: a record has no two fields of a name."""
    taken: dict[str, None] = {}
    for name in names:
        numbered = chain([name], (f"{name}_{number}" for number in count(1)))
        taken[next(free for free in numbered if free not in taken)] = None
    return list(taken)


def show(answer: pa.Table, output_format: str, out: TextIO = sys.stdout) -> None:
    """Write `answer` to `out` as table, csv, json (an array of records) or parquet; raises Trouble where that cannot hold it."""
    if output_format == "table":
        _show_table(answer, out)
    elif output_format == "json":
        knows_chinese = (out.encoding or "utf-8").lower().startswith("utf")
        json.dump(_finite(answer.to_pylist()), out, ensure_ascii=not knows_chinese, indent=1, default=_plain)
        out.write("\n")
    else:
        try:
            if output_format == "csv":
                pyarrow.csv.write_csv(_for_csv(answer), out.buffer)
            else:
                pyarrow.parquet.write_table(answer, pa.PythonFile(out.buffer, "w"))
        except pa.ArrowException as error:
            kinds = ", ".join(f"{field.name} {field.type}" for field in answer.schema)
            raise Trouble(
                f"{output_format} cannot hold this answer: {error}\nCast the column it is about, as in interval_column::text."
                f" The columns are: {kinds}",
                f"{output_format} 无法保存该结果。请在 SQL 中转换相应列的类型，例如 interval_column::text。",
            ) from error


def _show_table(answer: pa.Table, out: TextIO) -> None:
    # On a pipe there is no width to fit into.
    console = Console(file=out) if out.isatty() else Console(file=out, width=10_000)
    table = Table()
    for name in answer.column_names:
        kind = answer.schema.field(name).type
        number = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
        table.add_column(_shown(name), justify="right" if number else "left", overflow="fold")
    for row in answer.slice(0, SHOWN).to_pylist():
        table.add_row(*(_shown("" if value is None else str(value)) for value in row.values()))
    if answer.num_rows:
        console.print(table)
    else:
        console.print("0 rows 没有符合条件的行", highlight=False)
    if answer.num_rows > SHOWN:
        console.print(
            f"{SHOWN} of {answer.num_rows} rows; --format csv gives all. 仅显示前 {SHOWN} 行，--format csv 可导出全部。"
        )


def _shown(text: str) -> Text:
    return Text(text.translate(_ESCAPED))


def _for_csv(answer: pa.Table) -> pa.Table:
    """Write nested values as their text: CSV has no other way."""
    columns = [
        pa.array([None if value is None else _nested(value) for value in column.to_pylist()])
        if pa.types.is_nested(column.type)
        else column
        for column in answer.columns
    ]
    return pa.table(columns, names=answer.column_names)


def _nested(value: Any) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, default=_plain)


def _finite(value: Any) -> Any:
    """Return `value` with null for NaN and the infinities: JSON has none, and its readers refuse them."""
    if isinstance(value, dict):
        return {key: _finite(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _plain(value: Any) -> Any:
    """Return what JSON knows: a decimal as a number where none of its digits is lost, else as its text."""
    if isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else float(value)
        return number if Decimal(str(number)) == value else str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)
