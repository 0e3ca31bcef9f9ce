"""Search by the first letters of pinyin: `ga` finds 公安. A query becomes a pattern: nothing has to be indexed."""

import re
import unicodedata
from functools import cache

_LETTERS = re.compile(r"[a-z]{2,16}", re.IGNORECASE)


def pattern(word: str) -> str | None:
    """Return the regular expression that finds `word` itself or characters whose pinyin begins with its letters.

    None where `word` holds anything but Latin letters; a character with several readings is found by each.
    """
    if not _LETTERS.fullmatch(word):
        return None
    return "".join(f"[{letter}{letter.upper()}{_characters().get(letter, '')}]" for letter in word.lower())


@cache
def _characters() -> dict[str, str]:
    """Return the characters of GB 2312, which is what documents are written in, by the first letter of their pinyin."""
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    found: dict[str, list[str]] = {}
    for code, readings in pinyin_dict.items():
        character = chr(code)
        if _is_common(character):
            for letter in {unicodedata.normalize("NFD", reading)[0] for reading in readings.split(",")}:
                found.setdefault(letter, []).append(character)
    return {letter: "".join(characters) for letter, characters in found.items()}


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
