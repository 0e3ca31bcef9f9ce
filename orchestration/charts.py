"""Charts as tables with bars in them: figures stand beside each bar, so that eyes, screen readers and printers get all.

The bars are SVG without any style of its own (classes only), which a strict content policy allows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Part:
    """A stretch of a bar."""

    kind: str
    """Its class in the style sheet."""
    value: float
    title: str
    """What it says under the pointer, and to a screen reader."""


@dataclass(frozen=True)
class Bar:
    """One row of a chart."""

    label: str
    shown: str
    """The figure, as people read it."""
    parts: tuple[Part, ...]
    href: str = ""

    @property
    def total(self) -> float:
        """The bar's whole length."""
        return sum(part.value for part in self.parts)


def chart(caption: str, bars: Iterable[Bar], legend: Mapping[str, str] | None = None) -> Markup:
    """Return a chart of horizontal bars.

    With a `legend` (kind of part → its name) each bar is as long as its row and shows the shares of its parts.
    """
    bars = list(bars)
    longest = max((bar.total for bar in bars), default=0)
    rows = Markup("").join(_row(bar, bar.total if legend else longest) for bar in bars)
    return Markup('{}<table class="chart" aria-label="{}"><tbody>{}</tbody></table>').format(
        _legend(legend or {}), caption, rows
    )


def _legend(legend: Mapping[str, str]) -> Markup:
    key = Markup(
        '<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10"/></svg>{}</li>'
    )
    items = Markup("").join(key.format(kind, name) for kind, name in legend.items())
    return Markup('<ul class="legend">{}</ul>').format(items) if legend else Markup("")


def _row(bar: Bar, scale: float) -> Markup:
    label = Markup('<a href="{}">{}</a>').format(bar.href, bar.label) if bar.href else escape(bar.label)
    return Markup('<tr><th scope="row">{}</th><td class="bar">{}</td><td class="figure">{}</td></tr>').format(
        label, _drawing(bar, scale), bar.shown
    )


def _drawing(bar: Bar, scale: float) -> Markup:
    drawn, left = Markup(""), 0.0
    for part in bar.parts:
        width = 100 * part.value / scale if scale else 0
        drawn += Markup('<rect class="{}" x="{:.3f}" y="0" width="{:.3f}" height="10"><title>{}</title></rect>').format(
            part.kind, left, width, part.title
        )
        left += width
    said = ", ".join(part.title for part in bar.parts)
    return Markup('<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>').format(
        said, drawn
    )
