"""Declarations as a workbook that an officer reads, prints and forwards: each in its form's own layout, with what was found.

A sheet a declaration, a list of contents before several of them, and all findings at the end. Printed values stand as printed;
nothing in a cell is ever a formula.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.book import Book, Row
from orchestration.trouble import Trouble
from orchestration.workbook import lists, names, sheet
from orchestration.workbook.styles import Styles

MOST = 300
"""Declarations that one workbook holds."""
_PARTS = {
    "funding": "select f.*, s.name_zh, s.name_en from fct_project_funding as f"
    " semi join picked on f.declaration_key = picked.declaration_key"
    " left join dim_funding_source as s on f.funding_source = s.funding_source order by f.line_no, f.funding_source",
    "execution": "select e.* from fct_budget_execution as e semi join picked using (declaration_key) order by line_no",
    "indicators": "select i.*, r.actual_raw, r.weight as result_weight, r.score, r.deviation_reason"
    " from fct_indicator_target as i semi join picked on i.declaration_key = picked.declaration_key"
    " left join fct_indicator_result as r on i.indicator_key = r.indicator_key order by i.indicator_no",
    "findings": "select f.*, r.title_zh, r.title_en from fct_quality_finding as f"
    " semi join picked on f.declaration_key = picked.declaration_key"
    " inner join dim_quality_rule as r on f.rule_id = r.rule_id order by r.weight desc, f.line_no, f.rule_id",
    "score": "select s.* from fct_declaration_score as s semi join picked using (declaration_key)",
}
"""What belongs to the chosen declarations, which stand in `picked`."""


def write(book: Book, chosen: str, parameters: Mapping[str, Any], file: Path) -> int:
    """Write the declarations that the SQL `chosen` selects to `file`; return how many there are.

    `chosen` gives rows of fct_declaration with their rowid. Raises Trouble where there are none, or more than a workbook holds.
    """
    with book.picked(chosen, parameters) as ask:
        declarations = ask(
            "select d.*, x.file_name from picked as d"
            " left join dim_document as x using (document_id)"
            f" order by d.fiscal_year, d.department_name, d.project_name, d.declaration_key limit {MOST + 1}"
        )
        _check(len(declarations))
        parts = {name: _by_declaration(ask(question)) for name, question in _PARTS.items()}
        release_id = ask("select release_id from release")[0]["release_id"]
    titles = names.unique(row["project_name"] for row in declarations)
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as made:
        made.set_properties({"title": "绩效目标申报表", "comments": release_id})
        styles = Styles(made)
        if len(declarations) > 1:
            lists.contents(made, styles, declarations, titles, parts["findings"])
        for row, title in zip(declarations, titles, strict=True):
            found = {name: rows.get(row["declaration_key"], []) for name, rows in parts.items()}
            sheet.Sheet(made.add_worksheet(title), styles, row, found, release_id).write()
        lists.findings(made, styles, declarations, titles, parts["findings"])
    return len(declarations)


def chosen(project: str | None, department: str | None, year: int | None) -> tuple[str, dict[str, Any]]:
    """Return SQL and parameters of the declarations of a project, a department, a year; what is None does not matter."""
    return (
        "select rowid, * from fct_declaration"
        " where ($project is null or project_code = $project or contains(project_name, $project))"
        " and ($department is null or department_code = $department or contains(department_name, $department))"
        " and ($year is null or fiscal_year = $year)",
        {"project": project, "department": department, "year": year},
    )


def _check(count: int) -> None:
    if not count:
        raise Trouble("No declaration is selected: nothing to write.", "没有选中任何申报表，无内容可写。")
    if count > MOST:
        raise Trouble(
            f"A workbook holds {MOST} declarations, more are selected: choose a department and a year.",
            f"一个工作簿最多 {MOST} 份申报表，所选超出：请按部门和年度选择。",
        )


def _by_declaration(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["declaration_key"], []).append(row)
    return grouped
