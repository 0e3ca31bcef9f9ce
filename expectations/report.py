"""One bilingual page over all gates of a load: what was checked, what failed, what was measured."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from expectations.results import GateResult

_HERE = Path(__file__).parent


def write(gates: Iterable[GateResult], page: Path) -> None:
    """Write `page`; it loads nothing from anywhere."""
    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True)
    template = environment.get_template("report.html.j2")
    style = (_HERE / "docs.css").read_text("utf-8")
    page.write_text(template.render(gates=list(gates), style=style), "utf-8")
