"""The reviewed words of words.yml, and the patterns made of them."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

NUMBER: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+"
"""A printed number: digits, thousands commas in their places only, a decimal point."""
SIGNS: Final = "<>=≥≤≮≯〉》〈《≈≡≒≌~≲≳"
"""Characters that comparison signs are made of (after normalisation)."""


@cache
def load() -> dict[str, Any]:
    """Return the content of words.yml."""
    return yaml.safe_load((files("ingest") / "targets" / "words.yml").read_text(encoding="utf-8"))


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches the longest of `words`."""
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


@cache
def symbols() -> dict[str, str]:
    """Return each printed comparison sign with its operator."""
    return {sign: op for op, signs in load()["operators"]["symbols"].items() for sign in signs}


@cache
def comparisons() -> dict[str, str]:
    """Return each comparing phrase with its operator, longest first; negated ones (不得低于) turn round."""
    spec, phrases = load()["operators"], {}
    for entry in spec["compare"]:
        for word in entry["words"]:
            phrases[word] = entry["operator"]
            if "negated" in entry:
                phrases |= {negation + word: entry["negated"] for negation in spec["negations"]}
    return dict(sorted(phrases.items(), key=lambda item: -len(item[0])))


@cache
def signs_of_a_column() -> frozenset[str]:
    """Return all that is an operator where it stands in a column of its own: signs, phrases, 约, ±."""
    adjacent = (word for entry in load()["operators"]["adjacent"] for word in entry["words"])
    return frozenset([*symbols(), *comparisons(), *adjacent, "±"])


@cache
def suffixes() -> dict[str, str]:
    """Return each word that follows a number or unit (以上, 以内, 左右) with its operator, longest first."""
    pairs = {word: entry["operator"] for entry in load()["operators"]["after"] for word in entry["words"]}
    return dict(sorted(pairs.items(), key=lambda item: -len(item[0])))
