"""What a user would write instead: one Python loop over the lines, a dictionary of labels, regular expressions for values.

It does the same work on forms of the sample's family as `ingest.parse` (fields, money, goal, levels, typed targets, a
disposition a line), and knows nothing of other layouts, which flatters it.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

TITLE = re.compile(r"绩效目标申报表$")
FIELDS = {
    "项目名称": "project_name",
    "项目编码": "project_code",
    "项目实施单位": "unit",
    "项目主管单位": "department",
    "项目属性": "attribute",
}
MONEY = {"合计": "total", "上级": "superior", "本级": "local", "政府性基金": "fund", "其他资金": "other"}
LEVEL1 = {"产出指标", "效益指标", "满意度指标"}
LEVEL2 = {
    "数量指标",
    "质量指标",
    "时效指标",
    "成本指标",
    "经济效益指标",
    "社会效益指标",
    "生态效益指标",
    "可持续影响指标",
    "服务对象满意度",
    "服务对象满意度指标",
}
SIGN = r"(≥|≤|=|<|>|约|不超过|不低于|不少于|至少)"
NUMBER = re.compile(rf"^{SIGN}?([\d,.]+)(万|亿)?([^\d以]*?)(以内|以上|左右)?$")
WRAPPED = re.compile(rf"^[^\d≥≤=<>]*{SIGN}([\d,.]+)(万|亿)?([^\d]*)$")
DATE = re.compile(r"^[=≤]?(?:(\d{4})年)?(?:(\d{1,2})月(?:(\d{1,2})日|(上旬|中旬|底|末))?)?(?:之?前)?(?:完成)?$")
YEAR_END = re.compile(r"^(?:(\d{4})年)?年?底前?(?:完成)?$")
RANGE = re.compile(r"^(\d{4})年(\d{1,2})月-(\d{4})年(\d{1,2})月$")
STEP = re.compile(r"(上半年|年底|[一二三四]季度|\d{1,2}月底前?)(?:完成)?(\d+)%(以上)?")
PERIOD = re.compile(r"^(?:每[日天周月季年]|按[日周月季年]|逐[日月])")
OPERATORS = {
    "≥": ">=",
    "≤": "<=",
    "=": "=",
    "<": "<",
    ">": ">",
    "约": "~",
    "不超过": "<=",
    "不低于": ">=",
    "不少于": ">=",
    "至少": ">=",
    None: "=",
}
SCALES = {None: 1, "万": 10_000, "亿": 100_000_000}
BLANKS, TAGS, NOISE = " \t\r\n\u3000", re.compile(r"<[^>]+>"), re.compile(r"[\s*★:：]")


def last_day(year: int, month: int) -> date:
    """Return the month's last day."""
    return date(year, month, monthrange(year, month)[1])


def target(printed: str, year: int = 2023) -> dict[str, Any]:
    """Type one printed value; a date that cannot be (72月, 6月31日) stays words."""
    try:
        return typed(printed, year)
    except ValueError:
        return {"kind": "qualitative", "text": printed}


def typed(printed: str, year: int) -> dict[str, Any]:
    """Type one printed value; raises ValueError for an impossible date."""
    text = unicodedata.normalize("NFKC", printed).replace(" ", "").replace("﹥", ">").replace("﹤", "<")
    if len(steps := STEP.findall(text)) > 1:
        return {
            "kind": "milestones",
            "steps": [
                {"end": step_end(when, year), "operator": ">=" if above else "=", "value": Decimal(number), "unit": "%"}
                for when, number, above in steps
            ],
        }
    if PERIOD.match(text):
        return {"kind": "frequency", "text": printed}
    if found := RANGE.match(text):
        first, from_month, last, to_month = map(int, found.groups())
        return {"kind": "deadline", "start": date(first, from_month, 1), "end": last_day(last, to_month)}
    if found := YEAR_END.match(text):
        return {"kind": "deadline", "start": None, "end": date(int(found[1] or year), 12, 31)}
    if (found := DATE.match(text)) and (found[1] or found[2]):
        named, month, day, part = int(found[1] or year), int(found[2] or 12), found[3], found[4]
        end = last_day(named, month)
        end = end.replace(day=int(day)) if day else end.replace(day={"上旬": 10, "中旬": 20}.get(part, end.day))
        return {"kind": "deadline", "start": None, "end": end}
    if found := NUMBER.match(text) or WRAPPED.match(text):
        sign, number, scale, unit = found.groups()[:4]
        tail = found[5] if found.re is NUMBER else None
        try:
            value = Decimal(number.replace(",", ""))
        except ArithmeticError:
            return {"kind": "qualitative", "text": printed}
        sign = {"以内": "≤", "以上": "≥", "左右": "约"}.get(tail, sign)
        return {
            "kind": "numeric",
            "operator": OPERATORS[sign],
            "value": value,
            "unit": (scale or "") + unit,
            "base": value * SCALES[scale],
        }
    return {"kind": "qualitative", "text": printed}


def step_end(when: str, year: int) -> date:
    """Return the day by which a step is due."""
    if when == "上半年":
        return date(year, 6, 30)
    if "季度" in when:
        return last_day(year, 3 * ("一二三四".index(when[0]) + 1))
    return last_day(year, int(re.sub(r"\D", "", when) or 12))


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
        words = [NOISE.sub("", unicodedata.normalize("NFKC", cell)).removeprefix("其中") for cell in cells]
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
            indicators.append(
                {
                    "form": len(forms),
                    "line": number,
                    "level1": level1,
                    "level2": level2,
                    "content": content,
                    "value": value,
                    **target(value),
                }
            )
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
