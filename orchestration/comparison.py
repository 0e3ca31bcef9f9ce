"""Two kept releases compared at the desk: as tables on the terminal, or as the page that every release carries."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration import compare
from orchestration.package import frictionless, pages
from orchestration.release import Release


def show(console: Console, before: Release, after: Release) -> None:
    """Print what changed between the two."""
    changes = _compared(before, after)
    console = console if console.is_terminal else Console(width=10_000)
    console.print(f"{before.release_id} → {after.release_id}", highlight=False)
    for kind, words in (("tables_added", "tables added 新增的表"), ("tables_removed", "tables removed 删除的表")):
        if changes[kind]:
            console.print(f"  {words}: {', '.join(changes[kind])}", highlight=False, soft_wrap=True)
    if changes["tables"]:
        console.print(_tables(changes["tables"]))
        years = _years(changes["tables"])
        if years.row_count:
            console.print(years)
    elif not changes["tables_added"] and not changes["tables_removed"]:
        console.print("  The tables say the same. 各表内容相同。", highlight=False)


def write(before: Release, after: Release, page: Path) -> None:
    """Write it as a page."""
    pages.changes(page, _compared(before, after), before.release_id, after.release_id)


def _compared(before: Release, after: Release) -> dict[str, Any]:
    return compare.releases(before.database, after.database, frictionless.keys(after.folder))


def _tables(changed: dict[str, Any]) -> Table:
    table = Table()
    for name in (
        "table\n表",
        "rows before\n原行数",
        "rows now\n现行数",
        "added\n新增",
        "removed\n删除",
        "changed\n变化",
    ):
        table.add_column(name, justify="left" if name.startswith("table") else "right")
    table.add_column("columns\n列", overflow="fold")
    for name, change in changed.items():
        figures = [change[key] for key in ("rows_before", "rows_after", "rows_added", "rows_removed", "rows_changed")]
        signs = (("+", "columns_added"), ("−", "columns_removed"), ("~", "types_changed"))
        columns = ", ".join(f"{sign} {column}" for sign, key in signs for column in change[key])
        table.add_row(name, *(f"{figure:,}" for figure in figures), columns)
    return table


def _years(changed: dict[str, Any]) -> Table:
    table = Table()
    for name in ("table\n表", "fiscal year\n年度", "sum of\n合计", "before\n原", "now\n现"):
        table.add_column(name, justify="right" if name[:3] in ("bef", "now") else "left")
    for name, change in changed.items():
        for row in (*change["rows_by_year"], *change["sums_by_year"]):
            figures = ("" if row[side] is None else f"{row[side]:,}" for side in ("before", "after"))
            table.add_row(name, str(row["fiscal_year"] or ""), row.get("column", "rows 行数"), *figures)
    return table
