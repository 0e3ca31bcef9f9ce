"""The words of the forms: profiles/labels.yml as a table, and how a printed label becomes one of them."""

import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

PROFILES = Path(__file__).parent / "profiles"

_NOISE = r"[\s*★☆※▲●◆■□☑✓:\"“”'‘’\x{200b}\x{feff}|]+"
_BRACKETS = r"\([^()]*\)分?|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕"
_LEVEL = (
    r"(公共(?:财政)?预算[^()\[\]【】〔〕]{0,8}|财政(?:拨款|资金|补助))"
    r"[(\[【〔](上级|中央|省级?|自治区|本级|地方|[市县区]级?)[^()\[\]【】〔〕]{0,6}[)\]】〕]"
)
"""一般公共预算拨款（上级）: whose money it is, and no note."""
_SPAN: Final = r"^((?:绩效)?(?:指标|目标)值)\((总|总体|年度|当年|本年|全年|实施期|中期|长期)\)$"
"""指标值（总） beside 指标值（年度）: what the target is of, and no note."""
_NUMBERING = r"^(?:[一二三四五六七八九十]+、|\d{1,2}[.、](?:\d{1,2}[.、]?)?|[①②③④⑤⑥⑦⑧⑨⑩])"
_PREFIX = r"^(?:其中|一般公共预算拨款其中|按(?:收入|支出)(?:性质|结构)分其中)[,，]?"
_LEAD: Final = r"^资金(?:来源|结构)(?:\d{1,2}[.、]?)?(\D+)$"
"""资金来源：财政拨款 in one cell: the source is what counts."""

_DATED: Final = r"^(?:19|20)\d{2}年度?(.+)$"
"""2023年度绩效目标, 2023年预算: the year's."""
_NUMBERED: Final = r"(\p{Han}目标)\d{1,2}$"
"""年度目标1, 年度目标2: one label, several goals."""


def normalise(text: pl.Expr) -> pl.Expr:
    """Write a printed label as labels.yml writes it: NFKC, no blanks, marks, numbering, 其中, notes in brackets."""
    return (
        text.str.normalize("NFKC")
        .str.replace_all(_NOISE, "")
        .str.replace(_LEVEL, "${1}${2}")
        .str.replace(_SPAN, "${2}${1}")
        .str.replace_all(_BRACKETS, "")
        .str.replace_all(_BRACKETS, "")
        .str.replace(_NUMBERING, "")
        .str.replace(_PREFIX, "")
        .str.replace(_LEAD, "${1}")
        .str.replace(_NUMBERED, "${1}")
        .str.replace(_DATED, "年度${1}")
        .str.strip_chars(",，。.、;；-—")
    )


@cache
def labels() -> pl.DataFrame:
    """Return the lexicon: `label` (a number), `word` (normalised), `role`, `means` (what it stands for beyond the role)."""
    document: dict[str, list[str] | dict[str, list[str]]] = load("labels")
    rows = [
        (word, role, means)
        for role, words in document.items()
        for means, listed in (words.items() if isinstance(words, dict) else [(None, words)])
        for pattern in listed
        for word in _written_out(pattern)
    ]
    frame = pl.DataFrame(rows, schema={"word": pl.String, "role": pl.String, "means": pl.String}, orient="row")
    frame = frame.unique(maintain_order=True)
    frame = frame.with_row_index("label").cast({"label": pl.UInt16})
    double = frame.filter(pl.col("word").is_duplicated())
    if double.height:
        raise ValueError(f"profiles/labels.yml gives a word two roles: {double.rows()}; keep one of them")
    return frame


@cache
def words() -> pl.Enum:
    """Return the words as a type whose numbers are their labels: a cast to it looks texts up, several times quicker than
    a join."""
    return pl.Enum(labels().get_column("word"))


def _written_out(pattern: str) -> list[str]:
    """Return the words that a pattern stands for: {本,当}年{,度}目标 is four words."""
    parts = [part.split(",") for part in re.split(r"[{}]", pattern)]
    return ["".join(choice) for choice in product(*parts)]


@cache
def heads() -> pl.Series:
    """Return the first two characters of every label: a cheap sieve before a text is normalised."""
    return labels().get_column("word").str.slice(0, 2).unique()


@cache
def never_last() -> str:
    """Return a pattern of last characters that no label has, however it is printed: the other cheap sieve."""
    tails = labels().get_column("word").str.tail(1).unique(maintain_order=True).to_list()
    return rf"[[\x{{4e00}}-\x{{9fff}}A-Za-z%]--[分{''.join(map(re.escape, tails))}]]"


def load(name: str) -> Any:
    """Read profiles/<name>.yml."""
    return yaml.safe_load((PROFILES / f"{name}.yml").read_text(encoding="utf-8"))
