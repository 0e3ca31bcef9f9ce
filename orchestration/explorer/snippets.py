"""Where the words of a search were found: the words marked, and the text that holds them where no name does."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from orchestration.book import Book, Row
from orchestration.explorer import pinyin
from orchestration.explorer.filters import found

_BEFORE, _LONGEST = 16, 80
_NAMES = ("project_name", "unit_name", "department_name")


def marked(text: str, words: Iterable[str]) -> Markup:
    """Return `text` escaped, with whatever `words` find in it marked."""
    pattern = _pattern(words)
    if pattern is None:
        return escape(text)
    done, end = Markup(""), 0
    for match in pattern.finditer(text):
        done += Markup("{}<mark>{}</mark>").format(text[end : match.start()], match.group())
        end = match.end()
    return done + text[end:]


def of(book: Book, rows: list[Row], words: list[str]) -> dict[str, Markup]:
    """Return, by declaration_key, the goal or indicator that holds a word which no name in the row holds."""
    wanted = {row["declaration_key"]: _missing(row, words) for row in rows if "declaration_key" in row}
    asked = [key for key, missing in wanted.items() if missing]
    if not asked:
        return {}
    parameters: dict[str, str] = {"keys": ",".join(asked)}
    # Initials are not looked for in prose (filters.Filters.chosen).
    goal = "null" if any(map(pinyin.pattern, words)) else "annual_goal"
    holds = " or ".join(found(f"word{n}", word, ("text",), parameters) for n, word in enumerate(words))
    texts = book.ask(
        "with keys as (select unnest(string_split($keys, ',')) as declaration_key),"
        f" texts as (select declaration_key, 0 as place, {goal} as text from fct_declaration semi join keys using (declaration_key)"
        " union all select declaration_key, indicator_no, concat_ws(' ', content, value_raw)"
        " from fct_indicator_target semi join keys using (declaration_key))"
        f" select declaration_key, text from texts where {holds} order by declaration_key, place",
        parameters,
    )
    said: dict[str, Markup] = {}
    for text in texts:
        missing = _pattern(wanted[text["declaration_key"]])
        if missing and text["declaration_key"] not in said and missing.search(text["text"]):
            said[text["declaration_key"]] = marked(_cut(text["text"], missing), words)
    return said


def _missing(row: Row, words: list[str]) -> list[str]:
    names = " ".join(row.get(name) or "" for name in _NAMES)
    return [word for word in words if not (pattern := _pattern([word])) or not pattern.search(names)]


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Return the part of `text` around the first match."""
    match = pattern.search(text)
    first = max(0, match.start() - _BEFORE) if match else 0
    cut = text[first : first + _LONGEST]
    return ("…" if first else "") + cut + ("…" if first + _LONGEST < len(text) else "")


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    either = "|".join(pinyin.pattern(word) or re.escape(word) for word in words)
    return re.compile(either) if either else None
