"""The report that each release carries: one HTML file with everything in it, to read, print and forward."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from orchestration import figures, metrics, unread
from orchestration.book import Book, Row
from orchestration.display import LANGUAGES, Display
from orchestration.release import Release

FILE = "report.html"
HEADLINES = (
    "declarations", "projects", "departments", "budget", "indicators", "share_measurable", "share_quantified",
    "findings_per_declaration", "errors", "mean_score", "targets_compared", "targets_loosened", "targets_tightened",
)  # fmt: skip
SHOWN = HEADLINES[:10]
_HERE = Path(__file__).parent
_STYLES = (_HERE.parent / "explorer" / "static" / "style.css", _HERE / "report.css")
_MOST = 12


def write(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write the report of the release in `folder`, whose `manifest` is about to be sealed; return the file."""
    book = Book(Release(folder))
    try:
        html = _render(book, manifest)
    finally:
        book.close()
    file = folder / FILE
    file.write_text(html, "utf-8")
    return file


def _render(book: Book, manifest: Mapping[str, Any]) -> str:
    templates = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html").render(
        styles="\n".join(style.read_text("utf-8") for style in _STYLES),
        # One of the two is on the screen and on paper; a switch without any script chooses.
        chapters=[_chapter(book, manifest, Display(language)) for language in LANGUAGES],
        release_id=book.one("select release_id from release")["release_id"],
    )


def _chapter(book: Book, manifest: Mapping[str, Any], display: Display) -> dict[str, Any]:
    """Gather the report in one language: the latest fiscal year, beside the one before it."""
    now, before = _headlines(book)
    year = now["fiscal_year"] if now else None
    chosen = {"year": year}
    drawn = figures.Figures(
        display,
        book.ask,
        "select * from fct_declaration" + (f" where fiscal_year = {year}" if year else ""),
        lambda **_: "",
        year=year,
        whole=True,
    )
    departments, measurable = drawn.departments(), drawn.measurable()
    return {
        "d": display,
        "t": display.word,
        "now": now,
        "before": before,
        "places": _places(book, chosen),
        "tiles": figures.tiles(display, SHOWN, now or {}, before),
        "departments": departments,
        "measurable": measurable,
        # The short ones first: they share the first printed page with the summary.
        "charts": [drawn.years(), drawn.changes(), departments, measurable, drawn.sources(), drawn.findings()],
        "loosened": drawn.loosened(_MOST),
        "largest": drawn.largest_projects(_MOST),
        "findings": _findings(book, chosen),
        "moves": _moves(book, chosen),
        "presence": _presence(book, chosen),
        "unread": book.one(f"{unread.OPEN} select count(*) as n")["n"],
        "documents": book.one("select count(*) as n from dim_document where status <> 'withdrawn'")["n"],
        "changes": manifest.get("changes", {}),
        "previous": manifest.get("previous"),
        "built_at": book.one("select built_at from release")["built_at"],
        "catalogue": [metrics.catalogue()[name] for name in SHOWN],
    }


def _headlines(book: Book) -> tuple[Row | None, Row | None]:
    """Return the headlines of the latest fiscal year and of the one before it."""
    known = "select distinct fiscal_year from fct_declaration where fiscal_year is not null"
    latest = [row["fiscal_year"] for row in book.ask(f"{known} order by 1 desc limit 2")]
    if not latest:
        return None, None
    years = book.ask(f"{metrics.yearly(HEADLINES, latest)} order by fiscal_year desc")
    return years[0], years[1] if len(years) > 1 else None


def _places(book: Book, chosen: Mapping[str, Any]) -> list[str]:
    rows = book.ask(
        "select r.region_name from fct_declaration as d inner join dim_region as r using (region_code)"
        " where d.fiscal_year = $year group by 1 order by count(*) desc, 1 limit 6",
        chosen,
    )
    return [row["region_name"] for row in rows]


def _findings(book: Book, chosen: Mapping[str, Any]) -> list[Row]:
    """Return the findings that weigh most, those about the most money first, at most two of a rule."""
    # Rules of less weight than the table has room for are not looked at. Which findings they are is told by a few narrow
    # columns; texts are read of these alone, by their place.
    return book.ask(
        "with hit as (select r.rule_id, r.weight, least(sum(a.findings), 2) as shown from agg_quality_finding as a"
        " inner join dim_quality_rule as r using (rule_id) where a.fiscal_year = $year group by all),"
        " heavy as (select rule_id, weight from hit qualify coalesce("
        f"sum(shown) over (order by weight desc range between unbounded preceding and 1 preceding), 0) < {_MOST}),"
        " weighed as (select f.rowid as finding, d.rowid as declaration, f.finding_key, r.weight, d.total_yuan"
        " from fct_quality_finding as f inner join heavy as r using (rule_id)"
        " inner join fct_declaration as d using (declaration_key) where d.fiscal_year = $year and f.fiscal_year = $year"
        " qualify row_number() over (partition by f.rule_id order by d.total_yuan desc nulls last, f.finding_key) <= 2),"
        f" chosen as (select * from weighed order by weight desc, total_yuan desc nulls last, finding_key limit {_MOST})"
        " select f.severity, f.rule_id, f.message_zh, f.message_en, f.line_no, r.title_zh, r.title_en, d.project_name,"
        " d.department_name, d.total_yuan, x.file_name from chosen as c"
        " inner join fct_quality_finding as f on c.finding = f.rowid"
        " inner join dim_quality_rule as r using (rule_id) inner join fct_declaration as d on c.declaration = d.rowid"
        " inner join dim_document as x on f.document_id = x.document_id"
        " order by c.weight desc, c.total_yuan desc nulls last, c.finding_key",
        chosen,
    )


def _moves(book: Book, chosen: Mapping[str, Any]) -> list[Row]:
    """Return the projects whose budget changed most, new and vanished ones among them."""
    return book.ask(
        "select project_name, department_name, presence, previous_total_yuan, total_yuan,"
        " coalesce(total_yuan, 0) - coalesce(previous_total_yuan, 0) as move from fct_project_change"
        " where fiscal_year = $year and presence in ('new', 'continued', 'returned', 'gone') and move <> 0"
        f" order by abs(move) desc, project_id limit {_MOST}",
        chosen,
    )


def _presence(book: Book, chosen: Mapping[str, Any]) -> dict[str, int]:
    rows = book.ask(
        "select presence, count(*) as n from fct_project_change where fiscal_year = $year group by 1", chosen
    )
    return {row["presence"]: row["n"] for row in rows}
