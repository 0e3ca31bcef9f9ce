"""What each published table and column means, and the printed labels it comes from, as dbt's manifest and the profiles say.

dbt's YAML says what a column means, what it may hold, and which roles of `ingest/profiles/labels.yml` it was read from; the
words that forms print for a role stand there.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest import lexicon
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
class Column(Meaning):
    """A column: what it means, what it may hold, what it was read from."""

    data_type: str = ""
    """As dbt's contract has it."""
    is_filled: bool = False
    """Whether it is never NULL."""
    values: tuple[str, ...] = ()
    """All that it may hold; empty: anything."""
    roles: tuple[str, ...] = ()
    """Roles of labels.yml."""
    labels: tuple[str, ...] = ()
    """The printed labels of these roles, normalised, and other printed words; empty: the warehouse makes the column."""


@dataclass(frozen=True)
class Table:
    """A published table and its columns, in their order."""

    meaning: Meaning
    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    """The columns that name a row."""
    refers: dict[str, str] = field(default_factory=dict)
    """Column → the table whose key it is."""


def read(home: Home) -> dict[str, Table]:
    """Return the published tables by name; dbt's project is parsed first where the home has no manifest yet."""
    models = (node for node in manifest(home)["nodes"].values() if node["resource_type"] == "model")
    return {model["name"]: _table(model) for model in models if model["schema"] == "marts"}


def manifest(home: Home) -> dict[str, Any]:
    """Return dbt's manifest."""
    path = transform.manifest_path(home)
    if not path.exists():
        transform.parse(home)
    return json.loads(path.read_text("utf-8"))


@cache
def keys() -> dict[str, dict[str, Any]]:
    """Return the tables' keys and references of keys.yml."""
    return yaml.safe_load(Path(__file__).with_name("keys.yml").read_text("utf-8"))


def _table(node: dict[str, Any]) -> Table:
    columns = {name: _column(column) for name, column in node["columns"].items()}
    named = keys().get(node["name"], {})
    meaning = Meaning(*_texts(node))
    return Table(meaning, columns, tuple(_meta(node).get("primary_key", ())), dict(named.get("refers", {})))


def _column(described: dict[str, Any]) -> Column:
    meta = _meta(described)
    roles = tuple(meta.get("roles", ()))
    constraints = {constraint["type"] for constraint in described.get("constraints", ())}
    return Column(
        *_texts(described),
        data_type=described.get("data_type") or "",
        is_filled="not_null" in constraints,
        values=tuple(map(str, meta.get("values", ()))),
        roles=roles,
        labels=(*(word for role in roles for word in _printed()[role]), *meta.get("labels", ())),
    )


@cache
def _printed() -> dict[str, list[str]]:
    """Return the printed labels of each role."""
    words = lexicon.labels().group_by("role", maintain_order=True).agg("word")
    return dict(words.iter_rows())


def _meta(described: dict[str, Any]) -> dict[str, Any]:
    return {**described.get("meta", {}), **described.get("config", {}).get("meta", {})}


def _texts(described: dict[str, Any]) -> tuple[str, str]:
    """Chinese stands under `meta.zh`, or behind the separator."""
    en, _, zh = described["description"].partition(_SEPARATOR)
    return en.strip(), _meta(described).get("zh", zh).strip()
