"""Data Docs that a closed network can read: Great Expectations' pages without what they load from the web.

Their buttons need scripts of the web; without these the pages show everything, and lose the buttons. Their index is nothing but
such a script: ours stands in its place.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from expectations.results import Outcome

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

SITE = "local"
_STYLE = Path(__file__).parent / "docs.css"
_OF_THE_WEB = re.compile(
    r"<link[^>]+>|<script.*?</script>|<img[^>]+>|<a[^>]+https?://.*?</a>|<button.*?</button>", re.S
)


def configure(context: "EphemeralDataContext", folder: Path) -> None:
    """Let `context` write its pages under `folder`."""
    site: Any = {  # its TypedDict lacks show_how_to_buttons
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context.add_data_docs_site(site_name=SITE, site_config=site)


def write(context: "EphemeralDataContext", folder: Path, gate: str, outcomes: Sequence[Outcome]) -> None:
    """Build the pages and give each its style inside, in place of the web's; the index tells what became of each table."""
    context.build_data_docs(site_names=[SITE])
    style = f"<style>{_STYLE.read_text('utf-8')}</style></head>"
    for page in folder.rglob("*.html"):
        text = _OF_THE_WEB.sub("", page.read_text("utf-8"))
        page.write_text(text.replace("</head>", style, 1), "utf-8")
    shutil.rmtree(folder / "static")
    _index(folder, gate, outcomes)


def _index(folder: Path, gate: str, outcomes: Sequence[Outcome]) -> None:
    tables = [
        {
            "name": name,
            "checks": len(checks),
            "failed": sum(not check.passed for check in checks),
            "blocks": any(check.blocks for check in checks if not check.passed),
            "result": _page(folder, f"validations/{gate}/{name}/**/*.html"),
            "suite": _page(folder, f"expectations/{gate}/{name}.html"),
        }
        for name in dict.fromkeys(outcome.table for outcome in outcomes)
        for checks in [[outcome for outcome in outcomes if outcome.table == name]]
    ]
    environment = Environment(loader=FileSystemLoader(_STYLE.parent), autoescape=True, trim_blocks=True)
    page = environment.get_template("docs.html.j2").render(gate=gate, tables=tables, style=_STYLE.read_text("utf-8"))
    (folder / "index.html").write_text(page, "utf-8")


def _page(folder: Path, pattern: str) -> str:
    return next((file.relative_to(folder).as_posix() for file in folder.glob(pattern)), "")
