"""dbt's own documentation as one page: its page, with manifest and catalogue inside.

`dbt docs generate --static` would compile every model again to make the same; what it takes from the database is read from the
release here.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

FILE = "dbt-docs.html"
_SHUT = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'unsafe-inline' 'unsafe-eval' data: blob:\">"
)
"""The page asks nobody for anything, whatever its scripts would like."""


def write(folder: Path, connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Write `dbt-docs.html` into the release in `folder`."""
    project = manifest["metadata"]["project_name"]
    # dbt's own macros are no part of the project's documentation.
    macros = {name: macro for name, macro in manifest["macros"].items() if macro["package_name"] == project}
    said = {**manifest, "macros": macros, "nodes": {key: _bilingual(node) for key, node in manifest["nodes"].items()}}
    page = (files("dbt.task.docs") / "index.html").read_text("utf-8")
    page = page.replace("<head>", f"<head>{_SHUT}", 1)
    for mark, data in (("MANIFEST", said), ("CATALOG", _catalog(connection, manifest))):
        page = page.replace(f'"{mark}.JSON INLINE DATA"', _inline(data), 1)
    (folder / FILE).write_text(page, "utf-8")


def _bilingual(node: Mapping[str, Any]) -> dict[str, Any]:
    """Let descriptions say in Chinese too what `meta.zh` says."""
    columns = {name: _bilingual(column) for name, column in node.get("columns", {}).items()}
    zh = node.get("config", {}).get("meta", {}).get("zh") or node.get("meta", {}).get("zh")
    said = f"{node.get('description', '')} · {zh}" if zh else node.get("description", "")
    return {**node, "description": said, **({"columns": columns} if columns else {})}


def _inline(data: Mapping[str, Any]) -> str:
    """Return JSON that ends no script, whatever texts are in it."""
    return json.dumps(data, ensure_ascii=False, default=str).replace("</", "<\\/")


def _catalog(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the published tables as dbt's catalogue has them."""
    rows = connection.execute(
        "select table_name, column_name, data_type, comment, column_index from duckdb_columns()"
        " where schema_name = 'marts' order by table_name, column_index"
    ).fetchall()
    columns: dict[str, dict[str, Any]] = {}
    for table, name, data_type, comment, index in rows:
        columns.setdefault(table, {})[name] = {"type": data_type, "index": index, "name": name, "comment": comment}
    nodes = {
        node["name"]: unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    return {
        "metadata": {**manifest["metadata"], "dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
        "nodes": {
            nodes[table]: {
                "metadata": {"type": "BASE TABLE", "schema": "marts", "name": table, "comment": None, "owner": None},
                "columns": found,
                "stats": {},
                "unique_id": nodes[table],
            }
            for table, found in columns.items()
            if table in nodes
        },
        "sources": {},
        "errors": None,
    }
