"""What each published table and column means, in English and Chinese, as dbt's manifest says it."""

import json
from dataclasses import dataclass
from typing import Any

from orchestration import transform
from orchestration.home import Home

_SEPARATOR = " · "
"""Between the two languages, where one text holds both."""


@dataclass(frozen=True)
class Meaning:
    """One text in two languages."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en + _SEPARATOR + self.zh if self.zh else self.en


@dataclass(frozen=True)
class Table:
    """A published table and its columns, in their order."""

    meaning: Meaning
    columns: dict[str, Meaning]


def read(home: Home) -> dict[str, Table]:
    """Return the published tables by name; dbt's project is parsed first where the home has no manifest yet."""
    path = transform.manifest_path(home)
    if not path.exists():
        transform.parse(home)
    nodes = json.loads(path.read_text("utf-8"))["nodes"].values()
    models = (node for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts")
    return {model["name"]: _table(model) for model in models}


def _table(node: dict[str, Any]) -> Table:
    columns = {name: _meaning(column) for name, column in node["columns"].items()}
    return Table(_meaning(node), columns)


def _meaning(described: dict[str, Any]) -> Meaning:
    """Chinese stands under `meta.zh`, or behind the separator."""
    en, _, zh = described["description"].partition(_SEPARATOR)
    meta = {**described.get("meta", {}), **described.get("config", {}).get("meta", {})}
    return Meaning(en.strip(), meta.get("zh", zh).strip())
