"""One declaration as its form prints it: title, project block, money block, goal, indicator table; remarks where rules spoke."""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from orchestration.book import Row
from orchestration.workbook.styles import SEVERITIES, Styles

_TITLES = {
    "declaration": ("项目支出绩效目标申报表", "Performance objectives of a project"),
    "self_evaluation": ("项目支出绩效自评表", "Self-evaluation of a project"),
    "whole_department": ("部门整体支出绩效目标申报表", "Performance objectives of a department"),
    "regional": ("区域绩效目标申报表", "Performance objectives of a region"),
}
_WIDTHS = (15, 13, 17, 36, 23)
_RESULT_WIDTHS = (16, 8, 8, 24)
_LINE = 15.5
"""Height of a line of text in points."""
_LEVELS = ("error", "warning", "info")


class Sheet:
    """Writes a declaration to a worksheet, from the top down."""

    def __init__(
        self, page: Worksheet, styles: Styles, declaration: Row, parts: dict[str, list[Row]], release_id: str
    ) -> None:
        self._page, self._styles, self._row, self._parts = page, styles, declaration, parts
        self._release_id = release_id
        self._is_result = declaration["form_type"] == "self_evaluation"
        self._widths = _WIDTHS + (_RESULT_WIDTHS if self._is_result else ())
        self._last = len(self._widths) - 1
        self._at = 0

    def write(self) -> None:
        """Write everything, and set the page for paper."""
        for column, width in enumerate(self._widths):
            self._page.set_column(column, column, width)
        self._title()
        self._project()
        self._money()
        self._goals()
        self._indicators()
        self._findings()
        page = self._page
        page.hide_gridlines(2)
        page.set_paper(9)
        if self._is_result:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_margins(0.5, 0.5, 0.6, 0.6)
        page.set_footer(f"&L&8 {self._release_id}&R&8 &P / &N")

    def _title(self) -> None:
        zh, en = _TITLES[self._row["form_type"]]
        year = f" · {self._row['fiscal_year']}" if self._row["fiscal_year"] else ""
        place = f"{self._row['file_name']}，第 {self._row['line_start']}–{self._row['line_end']} 行 lines"
        title = self._row["title"] or zh
        self._line([(0, self._last, title, self._styles.title)], least=30)
        self._remark(self._at - 1, 0, self._about(None))
        self._line([(0, self._last, f"{en}{year}    来源 source: {place}", self._styles.quiet)])

    def _project(self) -> None:
        row = self._row
        department = "-".join(filter(None, (row["department_code"], row["department_name"])))
        for left, right in (
            (("项目名称 Project", row["project_name"]), ("项目编码 Code", row["project_code"])),
            (("实施单位 Unit", row["unit_name"]), ("主管单位 Department", department)),
            (("项目属性 Attribute", row["project_attribute_raw"]), ("预算年度 Fiscal year", row["fiscal_year"])),
        ):
            self._line(
                [
                    (0, 0, left[0], self._styles.label()),
                    (1, 2, left[1], self._styles.text()),
                    (3, 3, right[0], self._styles.label()),
                    (4, self._last, right[1] and str(right[1]), self._styles.text()),
                ]
            )

    def _money(self) -> None:
        if self._is_result and self._parts["execution"]:
            self._execution()
            return
        label, found = self._styles.label(), self._about(self._row["total_line"])
        first = self._at
        heads = ((1, 2, "资金来源 Source"), (3, 3, "含义 Meaning"), (4, self._last, "金额（元） Yuan"))
        self._line([(first_column, last, head, label) for first_column, last, head in heads])
        self._amount(
            "合计", self._printed("资金总额 Total", self._row["total_raw"]), self._row["total_yuan"], _worst(found)
        )
        self._remark(self._at - 1, 4, found)
        if self._row["whole_project_total_yuan"] is not None:
            whole = self._printed("项目总额 Whole project", self._row["whole_project_total_raw"])
            self._amount("", whole, self._row["whole_project_total_yuan"])
        for source in self._parts["funding"]:
            self._amount(source["label"], f"{source['name_zh']}\n{source['name_en']}", source["amount_yuan"])
        self._span(first, "资金总额\nFunding")

    def _amount(self, printed: str | None, meaning: str, yuan: Any, severity: str = "") -> None:
        """Write one line of the money block: the label as printed, what it means, the amount."""
        text = self._styles.text()
        money = (4, self._last, yuan, self._styles.money(severity))
        self._line([(1, 2, printed, text), (3, 3, meaning, text), money])

    def _printed(self, name: str, raw: str | None) -> str:
        """Say the printed figure too where it is in another unit than yuan."""
        is_yuan = self._row["money_unit"] in (None, "yuan")
        return name if is_yuan or not raw else f"{name}（印作 printed: {raw}）"

    def _execution(self) -> None:
        styles = self._styles
        heads = (
            "年初预算数\nInitial",
            "全年预算数\nAdjusted",
            "全年执行数\nExecuted",
            "执行率\nRate",
            "分值\nWeight",
            "得分\nScore",
        )
        first, label = self._at, styles.label()
        self._line([(1, 2, "资金 Funds", label), *((3 + n, 3 + n, head, label) for n, head in enumerate(heads))])
        for row in self._parts["execution"]:
            money = [row[name] for name in ("initial_budget_yuan", "adjusted_budget_yuan", "executed_yuan")]
            self._line(
                [
                    (1, 2, row["label"] or row["funding_line"], styles.text()),
                    *((3 + n, 3 + n, value, styles.money()) for n, value in enumerate(money)),
                    (6, 6, row["execution_rate"], styles.share()),
                    *((7 + n, 7 + n, row[name], styles.number) for n, name in enumerate(("weight", "score"))),
                ]
            )
        self._span(first, "项目资金（元）\nFunding, yuan")

    def _goals(self) -> None:
        found = self._about(self._row["annual_goal_line"]) if self._row["annual_goal_line"] else []
        goals = [("年度绩效目标\nAnnual goal", self._row["annual_goal"], found)]
        for name, zh in (("whole_project_goal", "总体目标\nOverall goal"), ("goal_result", "目标完成情况\nAchieved")):
            if self._row[name]:
                goals.append((zh, self._row[name], []))
        for zh, text, remarks in goals:
            style = self._styles.text(_worst(remarks))
            self._line([(0, 0, zh, self._styles.label()), (1, self._last, text, style)], least=2 * _LINE)
            self._remark(self._at - 1, 1, remarks)

    def _indicators(self) -> None:
        styles, label, first = self._styles, self._styles.label(), self._at
        heads = ["一级指标\nLevel 1", "二级指标\nLevel 2", "指标内容\nIndicator", "指标值\nTarget"]
        if self._is_result:
            heads += ["实际完成值\nActual", "分值\nWeight", "得分\nScore", "偏差原因\nDeviation"]
        self._line([(1 + n, 1 + n, head, label) for n, head in enumerate(heads)])
        rows, start = self._parts["indicators"], self._at
        for row in rows:
            remarks = [
                finding for finding in self._parts["findings"] if finding["indicator_key"] == row["indicator_key"]
            ]
            worst = _worst(remarks)
            cells: list[tuple[int, int, Any, Format]] = [
                (3, 3, row["content"], styles.text(worst)),
                (4, 4, row["value_raw"], styles.centred(worst)),
            ]
            if self._is_result:
                cells += [
                    (5, 5, row["actual_raw"], styles.centred()),
                    (6, 6, row["result_weight"], styles.number),
                    (7, 7, row["score"], styles.number),
                    (8, 8, row["deviation_reason"], styles.text()),
                ]
            self._line(cells)
            self._remark(self._at - 1, 4, remarks)
        self._levels(rows, start)
        self._span(first, "绩效指标\nIndicators")

    def _levels(self, rows: Sequence[Row], start: int) -> None:
        """Merge what stands for several indicators, as the form does."""
        numbered = [(start + number, row) for number, row in enumerate(rows)]
        for column, names in ((1, ("scope", "level1")), (2, ("scope", "level1", "level2"))):
            for _, group in groupby(numbered, lambda pair, names=names: [pair[1][name] for name in names]):
                lines = list(group)
                self._put((lines[0][0], column, lines[-1][0], column), lines[0][1][names[-1]], self._styles.centred())

    def _findings(self) -> None:
        styles = self._styles
        scores = self._parts["score"]
        if scores and scores[0]["score"] is not None:
            parts = (("得分 Score", "score"), ("完整性 completeness", "completeness"))
            parts += (("可衡量性 measurability", "measurability"), ("一致性 consistency", "consistency"))
            said = "    ".join(f"{name} {scores[0][key]:.0f}" for name, key in parts)
            self._line([(0, self._last, said, styles.quiet)])
        findings = self._parts["findings"]
        if not findings:
            self._line([(0, self._last, "审核提示：无。 No findings.", styles.quiet)])
            return
        self._line([(0, self._last, "审核提示 Findings", styles.label())])
        for finding in findings:
            severity = finding["severity"]
            text = f"{finding['message_zh']}\n{finding['message_en']}"
            if finding["decision"]:
                text += f"\n处理决定 Decision: {finding['decision']}，{finding['decision_reason'] or ''}"
            self._line(
                [
                    (0, 0, f"{finding['rule_id']} {SEVERITIES[severity][0]}", styles.centred(severity)),
                    (1, 3, text, styles.text()),
                    (4, self._last, f"{finding['title_zh']}（{finding['basis']}）", styles.text()),
                ]
            )

    def _about(self, line: int | None) -> list[Row]:
        """Return findings about no indicator: those of the printed `line`, or, for None, those of no line shown here."""
        lines = {self._row["total_line"], self._row["annual_goal_line"]} - {None}
        loose = [finding for finding in self._parts["findings"] if not finding["indicator_key"]]
        return [f for f in loose if (f["line_no"] == line if line else f["line_no"] not in lines)]

    def _line(self, cells: Iterable[tuple[int, int, Any, Format]], least: float = 0) -> None:
        """Write one row of cells (first column, last column, value, look), as high as its longest text needs."""
        cells, lines = list(cells), 1
        for first, last, value, look in cells:
            self._put((self._at, first, self._at, last), value, look)
            if isinstance(value, str):
                lines = max(lines, _lines(value, sum(self._widths[first : last + 1])))
        self._page.set_row(self._at, max(lines * _LINE + 5, least))
        self._at += 1

    def _span(self, first: int, label: str) -> None:
        """Write what stands left of all rows from `first` on."""
        self._put((first, 0, self._at - 1, 0), label, self._styles.label())

    def _put(self, area: tuple[int, int, int, int], value: Any, look: Format) -> None:
        """Write a value over an area; text is always text."""
        if area[:2] != area[2:]:
            self._page.merge_range(*area, "", look)
        if value is None:
            self._page.write_blank(*area[:2], None, look)
        elif isinstance(value, str):
            self._page.write_string(*area[:2], value, look)
        else:
            self._page.write_number(*area[:2], value, look)

    def _remark(self, line: int, column: int, findings: Sequence[Row]) -> None:
        """Leave what was found as a remark on a cell."""
        if findings:
            said = "\n\n".join(
                f"{f['rule_id']} {SEVERITIES[f['severity']][0]}\n{f['message_zh']}\n{f['message_en']}" for f in findings
            )
            size = {"width": 340, "height": min(24 + 17 * _lines(said, 46), 400), "font_size": 9}
            self._page.write_comment(xl_rowcol_to_cell(line, column), said, {"author": "jixiao", **size})


def _worst(findings: Sequence[Row]) -> str:
    found = {finding["severity"] for finding in findings}
    return next((level for level in _LEVELS if level in found), "")


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in `width` characters of a column; a Chinese one is as wide as two others."""
    wide = [sum(2.1 if unicodedata.east_asian_width(c) in "WFA" else 1.05 for c in line) for line in text.split("\n")]
    return sum(max(1, math.ceil(length / max(width - 1, 1))) for length in wide)
