"""From Spark's Parquet files to the DuckDB file that is released: columns, types, keys and comments as the contracts say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from expectations import memory
from expectations.sql import literal
from orchestration.release import STORAGE_VERSION
from orchestration.trouble import Trouble


def write(manifest: Mapping[str, Any], tables: Path, database: Path) -> None:
    """Write the public tables of a dbt manifest, which lie as Parquet under `tables`, into a new `database`.

    Raises Trouble where a table breaks its contract.
    """
    database.unlink(missing_ok=True)
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "TimeZone": "UTC"}) as connection:
        connection.execute("set memory_limit = ?", [memory.limit()])
        connection.execute(f"attach {literal(database)} as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema warehouse.marts")
        connection.execute("use warehouse.marts")
        for model in sorted(_public(manifest), key=lambda model: model["name"]):
            try:
                _table(connection, model, tables / model["name"])
            except duckdb.Error as error:
                raise Trouble(
                    f"Spark's table {model['name']} breaks its contract: {error}",
                    f"Spark 生成的表 {model['name']} 不符合契约：{error}",
                ) from error


def _public(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts" and node["config"]["materialized"] != "view"
    ]


def _table(connection: duckdb.DuckDBPyConnection, model: Mapping[str, Any], folder: Path) -> None:
    name, columns = model["name"], list(model["columns"].values())
    connection.execute(f'create table "{name}" ({", ".join(map(_definition, columns))})')
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    connection.execute(f'insert into "{name}" select {names} from read_parquet({literal(folder / "*.parquet")})')  # noqa: S608
    connection.execute(f'comment on table "{name}" is {_comment(model)}')
    for column in columns:
        connection.execute(f'comment on column "{name}"."{column["name"]}" is {_comment(column)}')


def _definition(column: Mapping[str, Any]) -> str:
    is_filled = any(constraint["type"] == "not_null" for constraint in column["constraints"])
    return f'"{column["name"]}" {column["data_type"]}{" not null" if is_filled else ""}'


def _comment(described: Mapping[str, Any]) -> str:
    """Return what the macro in_both_languages says (dbt_project/macros/comments.sql)."""
    texts = [described["description"], described["config"]["meta"].get("zh")]
    return literal(" · ".join(text for text in texts if text))
