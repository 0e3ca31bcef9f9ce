"""Printed text in one form: half-width, without blanks, tags, and characters nobody sees."""

from collections.abc import Callable
from typing import Final

import polars as pl

GAP: Final = "\ue000"
"""Stands where blanks part two digits that are no thousands groups: "12 3" is two numbers, not 123."""

_TAG: Final = r"</?[A-Za-z][^<>]{0,500}>"
_ENTITIES: Final = {
    "&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&le;": "≤", "&ge;": "≥", "&#37;": "%", "&permil;": "‰", "&mdash;": "-",
    "&ndash;": "-", "&middot;": "·", "&quot;": '"', "&amp;": "&",
}  # fmt: skip
# NFKC makes numbers, or other units, of these: they pass through it as private-use characters.
_KEPT: Final = list("²³㎡㎥㎞㎏㎝㎜㎎㎖℃①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮")
_STAND_INS: Final = [chr(0xF000 + i) for i in range(len(_KEPT))]
# One sign for what is typed in many ways (after NFKC).
_ALIKE: Final = {
    **dict.fromkeys("—–―−‐‑‒─━", "-"), **dict.fromkeys("〜∼∽〰", "~"), **dict.fromkeys("⁄∕╱", "/"),
    **dict.fromkeys("•・‧∙", "·"), **dict.fromkeys("★☆", ""), "∶": ":", "˂": "<", "˃": ">", "‹": "<", "›": ">",
    **dict.fromkeys("≧⩾", "≥"),
    **dict.fromkeys("≦⩽", "≤"),
}  # fmt: skip
_UNSEEN: Final = r"[\p{Cc}\p{Cf}\p{Co}--\s]"
_PLAIN: Final = r"^[0-9A-Za-z\p{Han}≥≤%<>=./()+*:,-]*$"


def printed(values: pl.Series) -> pl.Series:
    """Return the values as printed, without leftover tags and outer white space: what is kept as a target's text."""
    tagged = values.str.contains(r"[<&]").fill_null(False)
    untagged = replace_where(values, tagged, lambda s: s.str.replace_all(_TAG, "").str.replace_all("&nbsp;", " "))
    return untagged.str.strip_chars()


def normalise(values: pl.Series) -> pl.Series:
    """Return the values half-width (NFKC), one sign for each thing, no tags, no blanks; null becomes "".

    Blanks between digits go where they part thousands (1 371 400); elsewhere GAP takes their place.
    """
    values = values.fill_null("")
    odd = ~values.str.contains(_PLAIN) | values.str.contains("</?[A-Za-z]|--")
    return replace_where(values, odd, _normalise)


def _normalise(values: pl.Series) -> pl.Series:
    text = values.str.replace_all(_TAG, " ").str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))
    text = text.str.replace_all(_UNSEEN, "").str.replace_many(_KEPT, _STAND_INS).str.normalize("NFKC")
    text = text.str.replace_many(_STAND_INS, _KEPT).str.replace_many(list(_ALIKE), list(_ALIKE.values()))
    return replace_where(text, text.str.contains(r"\s"), _without_blanks).str.replace_all("--+", "-")


def _without_blanks(text: pl.Series) -> pl.Series:
    clock = text.str.replace(r"([0-9日])[\sT]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*$", "${1}")
    thousands = clock.str.contains(r"^[^0-9]*[0-9]{1,3}(?:\s[0-9]{3})+(?:\.[0-9]+)?(?:[^0-9]|$)")
    joined = replace_where(clock, thousands, lambda s: s.str.replace_all(r"\s", ""))
    return joined.str.replace_all(r"([0-9])\s+([0-9])", f"${{1}}{GAP}${{2}}").str.replace_all(r"\s", "")


def replace_where(values: pl.Series, mask: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return `values` with `change` applied where `mask` holds: few values need the costly steps."""
    at = mask.arg_true()
    if not len(at):
        return values
    where = pl.int_range(len(values), dtype=pl.UInt32, eager=True)
    changed = pl.int_range(len(values), len(values) + len(at), dtype=pl.UInt32, eager=True)
    return pl.concat([values, change(values.gather(at)).alias(values.name)]).gather(where.scatter(at, changed))
