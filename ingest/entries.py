"""Files that people write: YAML, a list of entries."""

from pathlib import Path
from typing import Any

import yaml


def read(file: Path) -> list[Any]:
    """Return the entries of `file`, none where there is no file; raises ValueError that names what is wrong in it."""
    if not file.exists():
        return []
    try:
        entries = yaml.safe_load(file.read_text("utf-8")) or []
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: save it as UTF-8 请以 UTF-8 编码保存") from error
    except (yaml.YAMLError, ValueError) as error:  # a date that is none is a ValueError
        raise ValueError(f"{file}: is no YAML 不是 YAML: {' '.join(str(error).split())}") from error
    if not isinstance(entries, list):
        raise ValueError(f"{file}: expected a list of entries 应为条目的列表, found 实际为 {type(entries).__name__}")
    return entries
