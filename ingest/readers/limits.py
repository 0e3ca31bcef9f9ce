"""What one document may cost: limits.yml."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import yaml


@dataclass(frozen=True)
class Limits:
    """The limits by name; limits.yml says what each means and why it is as it is."""

    seconds_per_document: int
    seconds_per_megabyte: int
    memory_bytes_per_document: int
    document_bytes: int
    unpacked_bytes: int
    part_bytes: int
    ratio: int
    ratio_from_bytes: int
    zip_members: int
    zip_depth: int
    sheets: int
    table_cells: int
    line_cells: int
    line_bytes: int
    lines: int


def _load() -> Limits:
    entries = yaml.safe_load(Path(__file__).with_name("limits.yml").read_text(encoding="utf-8"))
    return Limits(**{field.name: entries[field.name]["value"] for field in fields(Limits)})


LIMITS: Final = _load()
