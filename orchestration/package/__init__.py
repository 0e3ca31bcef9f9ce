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


def write(home: Home, folder: Path, manifest: Mapping[str, Any], kept: datasets.Kept | None = None) -> None:
    """Write everything into the release in `folder`, whose `manifest` is about to be sealed.

    Of the release that `kept` names files of unchanged years stay.
    """
    tables = dictionary.read(home)
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        fiscal.write(folder, connection, manifest, kept)
        frictionless.write(folder, connection, tables, manifest)
        dcat.write(folder, connection, manifest)
        dbt_docs.write(folder, connection, dictionary.manifest(home))
    pages.dictionary(folder, tables, manifest)
    pages.changes(folder / "changes.html", manifest["changes"], manifest["previous"], manifest["release_id"])
