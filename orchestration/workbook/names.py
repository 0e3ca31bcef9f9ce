"""Names of worksheets, which Excel wants short, distinct, and without some marks."""

import re
from collections.abc import Iterable

_LENGTH = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def unique(titles: Iterable[str | None]) -> list[str]:
    """Return one name a title, numbered in their order: no two are the same."""
    plain = (_FORBIDDEN.sub("", title or "") for title in titles)
    return [f"{number} {title}"[:_LENGTH].strip() for number, title in enumerate(plain, 1)]


def link(name: str, cell: str = "A1") -> str:
    """Return the address of a cell in the sheet `name`, for a hyperlink."""
    return f"internal:'{name}'!{cell}"
