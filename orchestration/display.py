"""How figures and words are shown to people, in Chinese or English; explorer and report share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("zh", "en")
_LARGE = {
    "zh": (
        (Decimal(10) ** 12, " 万亿元"),
        (Decimal(10) ** 8, " 亿元"),
        (Decimal(10) ** 4, " 万元"),
        (Decimal(1), " 元"),
    ),
    "en": ((Decimal(10) ** 12, " tn"), (Decimal(10) ** 9, " bn"), (Decimal(10) ** 6, " m"), (Decimal(1), "")),
}
NOTHING = "—"


@dataclass(frozen=True)
class Display:
    """Words and figures in one language."""

    language: str

    def word(self, key: str, **values: Any) -> str:
        """Return the text `key` of words.yml; an unknown key is shown as it is, for codes that documents may hold."""
        entry = words().get(key)
        return entry[self.language].format(**values) if entry else key

    def pick(self, zh: str | None, en: str | None) -> str:
        """Return the text of this language, the other one where there is none."""
        return (zh or en or "") if self.language == "zh" else (en or zh or "")

    def money(self, yuan: Decimal | None) -> str:
        """Return an amount as people say it: 1.23 亿元, ¥123 m."""
        if yuan is None:
            return NOTHING
        scale, name = next((pair for pair in _LARGE[self.language] if abs(yuan) >= pair[0]), _LARGE[self.language][-1])
        amount = _trimmed(f"{abs(yuan) / scale:,.2f}") + name
        return ("-" if yuan < 0 else "") + ("¥" if self.language == "en" else "") + amount

    def number(self, value: Decimal | float | None) -> str:
        """Return a number without needless zeros, thousands apart."""
        if value is None:
            return NOTHING
        return f"{value:,}" if isinstance(value, int) else _trimmed(f"{value:,.6f}")

    def share(self, value: Decimal | float | None) -> str:
        """Return 0.375 as 37.5%."""
        return NOTHING if value is None else _trimmed(f"{100 * value:.1f}") + "%"

    def change(self, share: Decimal | float) -> str:
        """Return 0.375 as +37.5%."""
        return ("+" if share > 0 else "") + self.share(share)

    def figure(self, value: Any, unit: str) -> str:
        """Return a metric's value by its unit (see the metrics)."""
        shown = {"yuan": self.money, "share": self.share, "count": self.number}
        if unit in shown:
            return shown[unit](value)
        return NOTHING if value is None else f"{value:.1f}"

    def day(self, value: date | None) -> str:
        """Return a date as ISO 8601."""
        return NOTHING if value is None else value.isoformat()


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return the texts by key and language."""
    return yaml.safe_load(Path(__file__).with_name("words.yml").read_text("utf-8"))


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
