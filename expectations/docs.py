"""Data Docs that a closed network can read: Great Expectations' pages without what they load from the web.

Their buttons need scripts of the web; without these the pages show everything, and lose the buttons.
"""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def write(context: "EphemeralDataContext", folder: Path) -> None:
    """Build the pages and give each its style inside, in place of the web's."""
    context.build_data_docs(site_names=[SITE])
    style = f"<style>{_STYLE.read_text('utf-8')}</style></head>"
    for page in folder.rglob("*.html"):
        text = _OF_THE_WEB.sub("", page.read_text("utf-8"))
        page.write_text(text.replace("</head>", style, 1), "utf-8")
    shutil.rmtree(folder / "static")
