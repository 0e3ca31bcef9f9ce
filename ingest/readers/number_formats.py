"""Number formats of worksheets: what a cell's value looks like on the screen, where that changes its meaning."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

Value = str | int | float | bool | date | datetime | time | timedelta

_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
BUILT_IN: Final[dict[int, str]] = {
    1: "0",
    2: "0.00",
    **dict.fromkeys((3, 37, 38, 41, 42), "#,##0"),
    **dict.fromkeys((4, 39, 40, 43, 44), "#,##0.00"),
    9: "0%",
    10: "0.00%",
    16: _MONTH_DAY,
    17: _YEAR_MONTH,
    **dict.fromkeys((27, 36, 50, 52, 57), _YEAR_MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), _MONTH_DAY),
    31: 'yyyy"年"m"月"d"日"',
}
"""Formats with a number and no code in the file (ECMA-376 part 1, 18.8.30, and its list for zh-cn)."""

_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|_(?:.)|\*(?:.)|\[[^\]]*\]')
_NUMBER = re.compile(
    r"^(?P<before>[^0#?]*)(?P<digits>[0#?,]*[0#?])(?P<point>\.|[\ue000-\uefff](?=[0#?]))?(?P<decimals>[0#?]+)?"
    r"(?P<thousands>,*)(?P<after>[^0#?,.]*)$"
)
_CURRENCY: Final = "¥￥$€-()"
_STAND_IN: Final = 0xE000
_LONGEST_CODE: Final = 1e15  # from here on a float has lost digits
_EPOCH = datetime(1899, 12, 30)  # day 0 of the 1900 calendar, with its leap day that never was


@dataclass(frozen=True)
class Shown:
    """A format that says more than the bare value: a percentage, words around a number, a date without its day."""

    is_date: bool
    has_year: bool = False
    has_month: bool = False
    has_day: bool = False
    before: str = ""
    after: str = ""
    decimals: str = ""
    is_grouped: bool = False
    tens: int = 0  # shown is the value times 10 to this power: 2 for percentages, -4 for 0!.0000

    def render(self, value: Value) -> str:
        """Return the value as this format shows it."""
        if self.is_date:
            return self._date(_EPOCH + timedelta(days=value) if isinstance(value, int | float) else value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LONGEST_CODE:
            return f"{self.before}{self._number(Decimal(f'{value:.15g}'))}{self.after}"
        return plain(value)

    def _number(self, value: Decimal) -> str:
        smallest = Decimal(1).scaleb(-len(self.decimals))
        text = format(value.scaleb(self.tens).quantize(smallest, ROUND_HALF_UP), ",f" if self.is_grouped else "f")
        always = len(self.decimals.rstrip("#?"))  # 0.0# shows at least one decimal
        whole, _, rest = text.partition(".")
        rest = rest[:always] + rest[always:].rstrip("0")
        return f"{whole}.{rest}" if rest else whole

    def _date(self, value: Value) -> str:
        if not isinstance(value, date):
            return plain(value)
        parts = (
            (self.has_year, value.year, "年"),
            (self.has_month, value.month, "月"),
            (self.has_day, value.day, "日"),
        )
        return "".join(f"{number}{word}" for is_shown, number, word in parts if is_shown)


@lru_cache(maxsize=1000)
def parse(code: str) -> Shown | None:
    """Return what a format code says beyond the bare value; None where that is nothing, or not understood."""
    words: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        """Put one private character for words, so that what remains is the code's own letters."""
        words.append(match[1] or match[2] or "")
        return chr(_STAND_IN + len(words) - 1) if words[-1] else ""

    def words_again(text: str) -> str:
        return "".join(words[ord(c) - _STAND_IN] if _STAND_IN <= ord(c) <= _STAND_IN + len(words) else c for c in text)

    section = _LITERAL.sub(stand_in, _first_section(code)).replace("General", "0.##########")
    if re.search("[ymdhs]", section.lower()) and not re.search("[0#?]", section):
        parts = ("y" in section.lower(), "m" in section.lower(), "d" in section.lower())
        return None if all(parts) or re.search("[hs]", code.lower()) else Shown(True, *parts)
    if code == "General" or not (match := _NUMBER.match(section)):
        return None
    point, decimals = match["point"] or "", match["decimals"] or ""
    if words_again(point) not in {"", "."}:
        return None
    is_percent = "%" in match["before"] + match["after"]
    before, after = words_again(match["before"]).strip(), words_again(match["after"]).strip()
    moved = len(decimals) if point not in {"", "."} else 0  # a point that is a mere sign among the digits
    return Shown(
        is_date=False,
        before="" if not before.strip(_CURRENCY) else before,
        after="" if not after.strip("()") else after,
        decimals=decimals,
        is_grouped="," in match["digits"],
        tens=2 * is_percent - 3 * len(match["thousands"]) - moved,
    )


def plain(value: Value) -> str:
    """Return a value as a worksheet shows it without a special format.

    A long code stored as a number has lost its last digits: it is shown as what it is (4.502E+20), not made up.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(Decimal(f"{value:.15g}"), "f") if abs(value) < 1e15 else f"{value:.15g}".upper()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    return str(value)


def _first_section(code: str) -> str:
    """Cut a code at its first semicolon outside quotes."""
    return re.match(r'(?:"[^"]*"|[^;"])*', code)[0]  # pyright: ignore[reportOptionalSubscript] (matches the empty text too)
