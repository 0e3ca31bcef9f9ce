"""The data package: every table as a resource with types, keys, enumerations, hash and bytes, in Frictionless' words.

Resources are of the type `file`: Frictionless counts no bytes of what it reads as a Parquet table, and calls every one of them
wrong that says how many it has. Who sets the type to `table` reads rows by the same schema.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration import digests
from orchestration.dictionary import Column, Table

FILE = "datapackage.json"
NAME = "jixiao-budget-performance"
TITLE = "Budget performance declarations 预算绩效目标申报"
DESCRIPTION = (
    "What Chinese budget units declare that their money is to achieve: projects, funding, goals, indicators and their"
    " targets, results, and what quality rules find in them; every fact leads to its document and line."
    " 预算单位申报的绩效目标：项目、资金、目标、指标及指标值、完成情况和质量发现；每项数据均可追溯到文件和行。"
)
KEYWORDS = ["预算绩效", "绩效目标", "budget performance", "performance objectives", "public finance"]
LICENSES = [
    {
        "name": "notspecified",
        "title": "The documents' contents: government information made public by its publishers; their terms hold."
        " 文件内容：由发布机构主动公开的政府信息，适用其规定。",
    },
    {
        "name": "Apache-2.0",
        "path": "https://www.apache.org/licenses/LICENSE-2.0",
        "title": "Structure, descriptions and rules of the warehouse 数仓的结构、说明与规则",
    },
]
_MISSING = ["", "nan", "NaT"]
"""How pandas, through which Frictionless reads Parquet, writes a number or a date that is not there."""
_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}


def write(
    folder: Path, connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], manifest: Mapping[str, Any]
) -> None:
    """Write `datapackage.json` of the release in `folder`."""
    columns = _columns(connection)
    package = {
        **about(manifest),
        "sources": [
            {"title": document["file_name"], "sha256": document["document_id"], "bytes": document["byte_size"]}
            for document in manifest["documents"]
        ],
        "resources": [_resource(folder, name, columns[name], tables.get(name)) for name in sorted(manifest["rows"])],
    }
    (folder / FILE).write_text(json.dumps(package, ensure_ascii=False, indent=1), "utf-8")


def about(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every package of a release says of itself."""
    return {
        "name": NAME,
        "id": manifest["release_id"],
        "title": TITLE,
        "description": DESCRIPTION,
        "version": manifest["release_id"],
        "created": manifest["created_at"],
        "keywords": KEYWORDS,
        "licenses": LICENSES,
        "contributors": [{"title": "jixiao 绩效", "role": "wrangler"}],
    }


def keys(folder: Path) -> dict[str, list[str]]:
    """Return the keys of the tables as the package in `folder` says them; none where an old release has no package."""
    file = folder / FILE
    resources = json.loads(file.read_text("utf-8"))["resources"] if file.exists() else []
    schemas = {resource["name"]: resource["schema"] for resource in resources}
    return {name: schema.get("primaryKey") or schema.get("uniqueKey", []) for name, schema in schemas.items()}


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return DuckDB's type of each column of each table, in their order."""
    found: dict[str, dict[str, str]] = {}
    question = (
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
        " order by table_name, column_index"
    )
    for table, column, data_type in connection.execute(question).fetchall():
        found.setdefault(table, {})[column] = data_type
    return found


def fingerprint(file: Path) -> dict[str, Any]:
    """Return size and hash of a file as Frictionless writes them; a large file's hashes stand in the manifest, piece by piece."""
    told = digests.of_written(file)
    return {"bytes": told["bytes"], **({"hash": f"sha256:{told['sha256']}"} if "sha256" in told else {})}


def _resource(folder: Path, name: str, columns: Mapping[str, str], table: Table | None) -> dict[str, Any]:
    place = folder / "parquet" / f"{name}.parquet"
    # A large table is a folder of files by year; their hashes stand in the manifest.
    files = sorted(str(file.relative_to(folder)) for file in place.iterdir()) if place.is_dir() else []
    return {
        "name": name,
        "type": "file",
        "path": files or str(place.relative_to(folder)),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **({"title": table.meaning.zh, "description": str(table.meaning)} if table else {}),
        **({} if files else fingerprint(place)),
        "schema": _schema(columns, table),
    }


def _schema(columns: Mapping[str, str], table: Table | None) -> dict[str, Any]:
    meanings = table.columns if table else {}
    schema: dict[str, Any] = {
        "fields": [_field(name, data_type, meanings.get(name)) for name, data_type in columns.items()],
        "missingValues": _MISSING,
    }
    # Frictionless lets no part of a primary key be empty; one that has such parts is told by `uniqueKey` alone.
    if table and table.key:
        whole = all(table.columns[column].is_filled for column in table.key)
        schema["primaryKey" if whole else "uniqueKey"] = list(table.key)
    if table and table.refers:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": parent, "fields": [column]}}
            for column, parent in table.refers.items()
        ]
    return schema


def _field(name: str, data_type: str, column: Column | None) -> dict[str, Any]:
    kind = "array" if data_type.endswith("[]") else _TYPES.get(data_type.partition("(")[0], "number")
    field: dict[str, Any] = {"name": name, "type": kind}
    if column is None:
        return field
    constraints = {
        **({"required": True} if column.is_filled else {}),
        **({"enum": list(column.values)} if column.values else {}),
    }
    return {
        **field,
        "title": column.zh,
        "description": str(column),
        **({"constraints": constraints} if constraints else {}),
        **({"printedLabels": list(column.labels)} if column.labels else {}),
    }
