"""What a release carries beside its tables, so that it explains itself to people and to programs without a network.

`datapackage.json` (Frictionless), `fiscal/` (its fiscal profile), `dcat.jsonld`, the dictionary as page and CSV, what changed as
a page, and dbt's own documentation as one page. All of it is written from the release and dbt's manifest alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration import datasets, dictionary
from orchestration.home import Home
from orchestration.package import dbt_docs, dcat, fiscal, frictionless, pages


def explain(home: Home, folder: Path, manifest: Mapping[str, Any], kept: datasets.Kept | None = None) -> None:
    """Write what looks at the database alone into the release in `folder`, whose `manifest` is about to be sealed.

    Of the release that `kept` names files of unchanged years stay.
    """
    with _opened(folder) as connection:
        fiscal.write(folder, connection, manifest, kept)
        dbt_docs.write(folder, connection, dictionary.manifest(home))
    pages.dictionary(folder, dictionary.read(home), manifest)
    pages.changes(folder / "changes.html", manifest["changes"], manifest["previous"], manifest["release_id"])


def describe(home: Home, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write what names the other files of the release and their checksums."""
    with _opened(folder) as connection:
        frictionless.write(folder, connection, dictionary.read(home), manifest)
        dcat.write(folder, connection, manifest)


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)
    connection.execute("use marts")
    return connection
