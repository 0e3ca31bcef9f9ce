"""What a user would write instead: one Python loop over the lines, a dictionary of labels, regular expressions for values.

It does the same work on forms of the sample's family as `ingest.parse` (fields, money, goal, levels, typed targets, a
disposition a line), and knows nothing of other layouts, which flatters it.
"""

import re
from decimal import Decimal
from typing import Any

TITLE = re.compile(r"绩效目标申报表$")
FIELDS = {"项目名称": "project_name", "项目编码": "project_code", "项目实施单位": "unit", "项目主管单位": "department",
          "项目属性": "attribute"}
MONEY = {"合计": "total", "上级": "superior", "本级": "local", "政府性基金": "fund", "其他资金": "other"}
LEVEL1 = {"产出指标", "效益指标", "满意度指标"}
LEVEL2 = {"数量指标", "质量指标", "时效指标", "成本指标", "经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标",
          "服务对象满意度", "服务对象满意度指标"}
NUMBER = re.compile(r"^(≥|≤|=|<|>|约|不超过)?([\d,.]+)(万|亿)?([^\d以]*?)(以内|以上)?$")
DATE = re.compile(r"^(?:=|≤)?(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日|底|中旬)?(?:之?前)?(?:完成)?$")
OPERATORS = {"≥": ">=", "≤": "<=", "=": "=", "<": "<", ">": ">", "约": "~", "不超过": "<=", None: "="}
SCALES = {None: 1, "万": 10_000, "亿": 100_000_000}
BLANKS, TAGS, NOISE = " \t\r\n\u3000", re.compile(r"<[^>]+>"), re.compile(r"[\s*★:：]")


def target(printed: str) -> dict[str, Any]:
    """Type one printed value."""
    text = printed.replace("＝", "=").replace("％", "%")
    if found := DATE.match(text):
        year, month, day = found.groups()
        return {"kind": "deadline", "year": int(year or 2023), "month": int(month), "day": int(day or 28)}
    if found := NUMBER.match(text):
        sign, number, scale, unit, tail = found.groups()
        try:
            value = Decimal(number.replace(",", ""))
        except ArithmeticError:
            return {"kind": "qualitative", "text": printed}
        sign = "≤" if tail == "以内" else sign
        return {"kind": "numeric", "operator": OPERATORS[sign], "value": value, "unit": (scale or "") + unit,
                "base": value * SCALES[scale]}
    return {"kind": "qualitative", "text": printed}


def parse(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[int, str]]]:
    """Return forms, indicators and the disposition of every line."""
    forms: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    lines: list[tuple[int, str]] = []
    level1 = level2 = None
    table = False
    for number, line in enumerate(text.split("\n"), 1):
        cells = [TAGS.sub("", cell).strip(BLANKS) for cell in line.split("\t")]
        cells = [cell for cell in cells if cell]
        if not cells:
            lines.append((number, "blank"))
            continue
        if len(cells) == 1 and TITLE.search(cells[0]):
            forms.append({"title": cells[0], "line": number, "money": {}})
            level1 = level2 = None
            table = False
            lines.append((number, "title"))
            continue
        form = forms[-1]
        words = [NOISE.sub("", cell).removeprefix("其中") for cell in cells]
        if "一级指标" in words:
            table = True
            lines.append((number, "label"))
        elif table and set(cells[0]) <= {"-"}:
            lines.append((number, "ruler"))
        elif table:
            if words[0] in LEVEL1:
                level1, level2 = words.pop(0), None
                cells.pop(0)
            if words[0] in LEVEL2 and len(words) > 2:
                level2 = words.pop(0)
                cells.pop(0)
            content, value = (cells[0], cells[1]) if len(cells) > 1 else (cells[0], "")
            indicators.append({"form": len(forms), "line": number, "level1": level1, "level2": level2,
                               "content": content, "value": value, **target(value)})
            lines.append((number, "indicator"))
        elif words[0] in FIELDS:
            for word, cell in zip(words, cells[1:], strict=False):
                if word in FIELDS:
                    form[FIELDS[word]] = cell
            lines.append((number, "header"))
        elif words[0] == "年度绩效目标":
            form["goal"] = cells[1] if len(cells) > 1 else None
            lines.append((number, "goal"))
        else:
            name = next((MONEY[word] for word in reversed(words) if word in MONEY), None)
            if name and re.fullmatch(r"[\d,.]+", cells[-1]):
                form["money"][name] = Decimal(cells[-1].replace(",", ""))
            lines.append((number, "funding"))
    return forms, indicators, lines
