"""What stands before and after a printed number: the operator in signs or words, the unit, the words that go on."""

from functools import cache
from typing import Final

import polars as pl

from ingest.targets.memory import remembering
from ingest.targets.units import SCALE, known
from ingest.targets.units import pattern as unit_pattern
from ingest.targets.words import SIGNS, any_of, comparisons, load, suffixes, symbols

_MAX_GAP: Final = 10  # characters between an operator and its number (不低于年初预算的95%)
_MAX_UNIT: Final = 8  # characters of a unit that is not in the table
_ONE_SIGN: Final = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "~": "≈"}
_YIELDING_SIGN: Final = {">=": "≳", "<=": "≲"}
_LAST_SIGNS: Final = rf"^(?<words>.*?)(?<signs>[{SIGNS}]+(?:/=)?)(?<gap>[^{SIGNS}]*)$"
_NAMING: Final = r"(?:[A-Za-z№#〔\[_][+-]?|(?:^|[^目当此年以之提])前|第|编号|文号|代码|电话)$"
_CALLING: Final = r"(?:[率度量额数值比分为是达到至计成:]|^[+-]?)$"
_BRACKETED: Final = r"^\((\p{Han}{1,4})\)$"
_NOTE: Final = r"(?:\([^()]*\)?)?"
_UNDER: Final = r"(?:[/每]\(?[^,;、。()<>=≥≤/]{1,8}?\)?)"
_DONE_WITHIN: Final = "^(?:完|办|响|答|处|反馈|修|解|到|赶|送|回|出具|审|拨|发|支|上报|整改|恢|付|受理|落实|兑)"


@remembering
def before(prefixes: pl.Series) -> pl.DataFrame:
    """Read what stands before numbers; one row each, in order.

    Columns: operator (null where none is printed); negative; is_odd (an operator that can't be this number's: no such
    sign, or too far off); names (the number is part of a word: A4, 第3); calls (bare numbers are called for: 达到95).
    """
    frame = prefixes.alias("prefix").to_frame()
    frame = frame.select("prefix", signs_for_words(pl.col("prefix").str.extract("([^,;。]*)$")).alias("clause"))
    frame = frame.with_columns(pl.col("clause").str.extract_groups(_LAST_SIGNS).alias("parts")).unnest("parts")
    opened = pl.col("words").str.contains("[《〈]")
    quotes = pl.col("signs").str.contains("[〉》〈《]") & (opened | (pl.col("gap") != ""))
    frame = frame.with_columns(pl.when(~quotes.fill_null(False)).then(pl.col("signs", "gap")))
    lead = pl.coalesce("gap", "clause")
    return frame.select(
        pl.col("signs").replace_strict(symbols(), default=None).alias("operator"),
        pl.col("signs").is_in(["=", "≈", *_YIELDING_SIGN.values()]).fill_null(True).alias("yields"),
        (lead == "-").alias("negative"),
        (
            (pl.col("signs").is_not_null() & ~pl.col("signs").is_in(list(symbols()))).fill_null(False)
            | (pl.col("gap").str.len_chars() > _MAX_GAP).fill_null(False)
            | pl.col("prefix").str.contains("[≠±∓×^]")
        ).alias("is_odd"),
        lead.str.contains(_NAMING).alias("names"),
        lead.str.contains(_CALLING).alias("calls"),
    )


def signs_for_words(clause: pl.Expr) -> pl.Expr:
    """Replace operator words by signs: 不低于 by ≥ anywhere, 约 or 超 at the end only."""
    phrases = comparisons()
    marked = clause.str.replace_many(list(phrases), [_ONE_SIGN[op] for op in phrases.values()], leftmost=True)
    for entry in load()["operators"]["adjacent"]:
        signs = _YIELDING_SIGN if entry.get("yields") else _ONE_SIGN
        free = f"(^|[^{entry['not_after']}])" if entry["not_after"] else "()"
        marked = marked.str.replace(rf"{free}{any_of(entry['words'])}$", f"${{1}}{signs[entry['operator']]}")
    return marked


@remembering
def after(rests: pl.Series) -> pl.DataFrame:
    """Read what stands after numbers; one row each, in order.

    Columns: unit ("" for none, null where not understood); is_known (in the reviewed table); counts (not in it, but
    made of a word and a unit that counts: 客次); suffix (the operator of
    以上, 以内 …, null for none); tail (the words that go on); tail_names (with this tail the number rather names than
    counts: 3类坝, 2期工程).
    """
    rest = pl.col("rest").str.replace(r"[,;、。.:!]+$", "").str.replace(r"^([^(]*)\)$", "${1}")
    rest = rest.str.replace(rf"^({SCALE})?\(((?:{SCALE})?{unit_pattern()}(?:/[^()]*)?)\)", "${1}${2}")
    rest = pl.when(~rest.is_in(load()["bracketed_notes"])).then(rest.str.replace(_BRACKETED, "${1}")).otherwise(rest)
    frame = rests.alias("rest").to_frame().with_columns(rest)
    for pattern in _patterns():
        frame = frame.with_columns(pl.col("rest").str.extract_groups(pattern).alias("parts")).unnest("parts")
    # 200ms is no 200 m: where a Latin word goes on, it is no unit that is known.
    torn = pl.col("open_unit").str.contains("[A-Za-z]$") & pl.concat_str(
        pl.col("open_suffix").fill_null(""), "open_tail"
    ).str.contains("^[A-Za-z]")
    frame = frame.with_columns(
        open_unit=pl.when(torn).then(pl.lit("")).otherwise("open_unit"),
        open_tail=pl.when(torn).then(pl.concat_str("open_unit", "open_tail")).otherwise("open_tail"),
    )
    tail = pl.col("open_tail")
    is_suffix = (pl.col("open_suffix") != "内") | tail.str.contains(_DONE_WITHIN)
    frame = frame.with_columns(
        pl.when(is_suffix).then("open_suffix").alias("open_suffix"),
        pl.when(is_suffix | pl.col("open_suffix").is_null()).then(tail).otherwise("内" + tail).alias("open_tail"),
    )
    no_unit = (pl.col("open_unit") == "") & pl.col("open_suffix").is_null() & ~tail.str.contains("^[,;、。(]")
    printed = pl.coalesce("unit", pl.when(~no_unit).then("open_unit"), "other_unit")
    # The suffix of the reading that holds: 万起 is a unit, not 万 and a floor.
    suffix = pl.when(pl.col("unit").is_not_null()).then("suffix").when(~no_unit).then("open_suffix")
    words = pl.coalesce("more", printed.str.extract(rf"^{SCALE}([余多])"), suffix.otherwise("other_suffix"))
    in_table = pl.coalesce("unit", "open_unit").str.contains("^[^/]").fill_null(False)
    has_tail = pl.col("unit").is_null() & ~no_unit
    return frame.select(
        pl.when(printed.is_in(load()["not_units"]))
        .then(pl.lit(""))
        .otherwise(printed.str.replace(rf"^({SCALE})[余多]", "${1}"))
        .alias("unit"),
        in_table.alias("is_known"),
        words.replace_strict(suffixes() | {"来": "~"}, default=None).alias("suffix"),
        pl.when(has_tail).then(tail).otherwise(pl.lit("")).alias("tail"),
        (
            (has_tail & pl.col("open_unit").is_in(load()["naming_units"]) & pl.col("open_suffix").is_null())
            | printed.is_in(load()["ranks"])
        ).alias("tail_names"),
        pl.col("other_unit").str.contains(_counting()).fill_null(False).alias("counts"),
    )


@cache
def _counting() -> str:
    """Return a pattern for units that the table need not know: up to three characters before one that counts things."""
    naming = [unit for unit in (*load()["naming_units"], *load()["ranks"]) if len(unit) == 1]
    counting = [unit for unit in known() if len(unit) == 1 and unit not in naming]
    return rf"^[\p{{Han}}--[{''.join(naming)}]]\p{{Han}}{{0,2}}[{''.join(counting)}]$"


@cache
def _patterns() -> tuple[str, str, str]:
    """Three readings of a rest, the first that fits holds: unit and suffix; these and more words; an unknown unit."""
    suffix, in_words = any_of(suffixes()), any_of(word for word in suffixes() if len(word) > 1 or word == "内")
    unit = rf"(?:{SCALE})?[余多]?{unit_pattern()}(?:\({unit_pattern()}\))?"
    per = rf"(?:/{unit_pattern()}(?:[·/*]{unit_pattern()})*)?"
    return (
        rf"^(?<more>[余多来])?(?<unit>(?:{unit}{_UNDER}*?|{_UNDER}+?)?){_NOTE}(?<suffix>{suffix})?{_NOTE}$",
        rf"^[余多来]?(?<open_unit>(?:{unit}{per})?){_NOTE}(?<open_suffix>{in_words})?(?<open_tail>.*)$",
        rf"^(?<other_unit>[^0-9,;:()、。…<>=≥≤]{{1,{_MAX_UNIT}}}?){_NOTE}(?<other_suffix>{suffix})?{_NOTE}$",
    )
