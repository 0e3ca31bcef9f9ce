"""The sheets about several declarations: contents, and all findings."""

from collections import Counter
from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from orchestration.book import Row
from orchestration.workbook import names
from orchestration.workbook.styles import SEVERITIES, Styles

_CONTENTS = (
    ("序号\nNo.", 6), ("项目名称\nProject", 38), ("项目编码\nCode", 25), ("主管单位\nDepartment", 28), ("年度\nYear", 7),
    ("资金总额（元）\nTotal, yuan", 18), ("指标数\nIndicators", 11),
    ("错误\nErrors", 8), ("警告\nWarnings", 10), ("提示\nInfos", 8),
)  # fmt: skip
_FINDINGS = (
    ("规则\nRule", 7), ("程度\nSeverity", 13), ("项目名称\nProject", 28), ("内容\nWhat was found", 52), ("In English", 52),
    ("依据\nBasis", 24), ("文件\nDocument", 24), ("行\nLine", 7), ("处理决定\nDecision", 18),
)  # fmt: skip


def contents(
    made: Workbook, styles: Styles, declarations: Sequence[Row], titles: Sequence[str], found: dict[str, list[Row]]
) -> None:
    """Write the list of all declarations; each name leads to its sheet."""
    page = _page(made, styles, "目录 Contents", _CONTENTS)
    for line, (row, title) in enumerate(zip(declarations, titles, strict=True), 1):
        counts = Counter(finding["severity"] for finding in found.get(row["declaration_key"], []))
        page.write_number(line, 0, line, styles.number)
        page.write_url(line, 1, names.link(title), styles.link, row["project_name"] or title)
        for column, name in ((2, "project_code"), (3, "department_name")):
            page.write_string(line, column, row[name] or "", styles.text())
        page.write(line, 4, row["fiscal_year"], styles.centred())
        page.write(line, 5, row["total_yuan"], styles.money())
        page.write_number(line, 6, row["indicator_count"], styles.number)
        for column, severity in enumerate(SEVERITIES, 7):
            page.write_number(line, column, counts[severity], styles.number)


def findings(
    made: Workbook, styles: Styles, declarations: Sequence[Row], titles: Sequence[str], found: dict[str, list[Row]]
) -> None:
    """Write all findings; each project's name leads to its sheet."""
    page = _page(made, styles, "质量发现 Findings", _FINDINGS)
    line = 0
    for row, title in zip(declarations, titles, strict=True):
        for finding in found.get(row["declaration_key"], []):
            line += 1
            severity = finding["severity"]
            page.write_string(line, 0, finding["rule_id"], styles.centred(severity))
            page.write_string(line, 1, SEVERITIES[severity][0], styles.centred(severity))
            page.write_url(line, 2, names.link(title), styles.link, row["project_name"] or title)
            for column, name in ((3, "message_zh"), (4, "message_en"), (5, "basis")):
                page.write_string(line, column, finding[name] or "", styles.text())
            page.write_string(line, 6, row["file_name"] or "", styles.text())
            page.write(line, 7, finding["line_no"], styles.number)
            page.write_string(line, 8, finding["decision"] or "", styles.text())


def _page(made: Workbook, styles: Styles, name: str, columns: Sequence[tuple[str, int]]) -> Worksheet:
    page = made.add_worksheet(name)
    for column, (head, width) in enumerate(columns):
        page.set_column(column, column, width)
        page.write_string(0, column, head, styles.label())
    page.set_row(0, 32)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, 0, len(columns) - 1)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    return page
