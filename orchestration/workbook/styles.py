"""How cells look."""

from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

SEVERITIES = {
    "error": ("错误 error", "#F9D4D0"),
    "warning": ("警告 warning", "#FFF0C2"),
    "info": ("提示 info", "#DCEBFA"),
}
_INK, _RULE, _HEAD = "#1F2430", "#8A93A3", "#EEF1F6"
_FONT = {"font_name": "宋体", "font_size": 10.5, "font_color": _INK}
_CELL = {**_FONT, "border": 1, "border_color": _RULE, "text_wrap": True, "valign": "vcenter"}
# As if an apostrophe had been typed before it: a printed "=12月" stays a text, also when somebody edits the cell.
_TEXT = {**_CELL, "num_format": "@", "quote_prefix": True}


class Styles:
    """The formats of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str], Format] = {}

    @cached_property
    def title(self) -> Format:
        """The form's title."""
        return self._add(
            {**_FONT, "font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True}
        )

    @cached_property
    def quiet(self) -> Format:
        """A line of small print."""
        return self._add({**_FONT, "font_size": 8.5, "font_color": "#5A6270", "text_wrap": True, "valign": "vcenter"})

    @cached_property
    def link(self) -> Format:
        """A cell that leads somewhere."""
        return self._add({**_CELL, "font_color": "#1C5FB8", "underline": 1})

    @cached_property
    def number(self) -> Format:
        """A count."""
        return self._add({**_CELL, "num_format": "#,##0", "align": "right"})

    def label(self, severity: str = "") -> Format:
        """A heading of the form."""
        return self._of("label", {**_CELL, "bold": True, "bg_color": _HEAD, "align": "center"}, severity)

    def text(self, severity: str = "") -> Format:
        """What is printed; coloured where something was found in it."""
        return self._of("text", {**_TEXT, "align": "left", "indent": 1}, severity)

    def centred(self, severity: str = "") -> Format:
        """The same, in the middle."""
        return self._of("centred", {**_TEXT, "align": "center"}, severity)

    def money(self, severity: str = "") -> Format:
        """Yuan."""
        return self._of("money", {**_CELL, "num_format": "#,##0.00", "align": "right", "indent": 1}, severity)

    def share(self, severity: str = "") -> Format:
        """A share of one."""
        return self._of("share", {**_CELL, "num_format": "0.0%", "align": "right"}, severity)

    def _of(self, name: str, look: dict[str, Any], severity: str) -> Format:
        key = (name, severity)
        if key not in self._made:
            self._made[key] = self._add({**look, **({"bg_color": SEVERITIES[severity][1]} if severity else {})})
        return self._made[key]

    def _add(self, look: dict[str, Any]) -> Format:
        return self._workbook.add_format(look)
