"""Known forms, laid out in random ways: what was put in is what must be read."""

import random
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.readers.text import read_texts
from tests.ingest.golden_forms import Golden, rows

Cells = list[str]

_VERBS = ("完成", "开展", "新增", "维护", "培训", "改造", "补助", "检测", "巡查", "购置")
_NOUNS = (
    "农村公路",
    "排水管网",
    "消防装备",
    "执法人员",
    "公共厕所",
    "医疗设备",
    "文化活动",
    "监测断面",
    "困难学生",
    "信息系统",
)
_TAILS = (
    "数量",
    "里程",
    "次数",
    "完成率",
    "覆盖面",
    "及时情况",
    "费用标准",
    "（含配套、附属）",
    "人数：合计",
    " A/B类",
    "知晓度2023",
)
_VALUES = (
    "≥{n}个",
    "={n}次",
    "≤{n}万元",
    "{n}%",
    "≥{n}.5%",
    "12月底前",
    "2023年11月30日前",
    "优",
    "明显改善",
    "{n}人次",
    ">={n}公里",
    "不低于{n}%",
    "约{n}批次",
    "有所提高",
    "持续改善",
    "合格",
)
_PLACES = (("450200", "柳州市"), ("450226", "三江侗族自治县"), ("430421", "衡阳县"), ("510100", "成都市"))
_BODIES = ("公安局", "水利局", "教育局", "卫生健康委员会", "市场监督管理局")
_LEVELS = (
    ("产出指标", ("数量指标", "质量指标", "时效指标", "成本指标")),
    ("效益指标", ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")),
    ("满意度指标", ("服务对象满意度指标",)),
)
_SAY = {
    "name": ("项目名称", "项目支出名称", "预算项目名称"),
    "code": ("项目编码", "项目代码"),
    "unit": ("项目实施单位", "实施单位", "项目单位", "单位名称"),
    "department": ("项目主管单位", "主管部门", "业务主管部门", "预算部门"),
    "attribute": ("项目属性",),
    "goal": ("年度绩效目标", "年度总体目标", "年度目标", "总体目标"),
    "content": ("指标内容", "三级指标", "指标名称"),
    "value": ("指标值", "年度指标值", "目标值", "年初目标值"),
    "actual": ("实际完成值", "全年实际值", "完成值"),
    "operator": ("指标性质", "计算符号"),
    "measure": ("度量单位", "计量单位"),
    "weight": ("分值", "权重"),
    "reason": ("偏差原因分析及改进措施", "未完成原因分析", "偏差原因"),
}
ROLES = {"weight": "weight", "score": "score", "remark": "remark", "reason": "deviation_reason", "actual": "actual_raw"}


@dataclass(frozen=True)
class Layout:
    """How a form is laid out; all off is the form as its makers drew it."""

    seed: int
    family: str  # A, C, I, E
    dialect: str = "tab"  # tab, dropped (blank cells too), pipe, rows (of a table), cell, marked (cell ends)
    shifts: bool = False  # rows stand left or right of the header
    repeats: bool = False  # labels on every row
    noise: bool = False  # blanks, notes, marks in labels
    breaks: bool = False  # page breaks: title or header again
    blanks: bool = False  # blank rows and rulers
    untitled: bool = False
    encoding: str = "utf-8"
    crlf: bool = False
    forms: int = 1
    header: str = "plain"  # split (over two rows), numbered (a column before the levels), weighed (a column behind each
    # level), nameless (a column that no lexicon knows)


@dataclass
class Made:
    """What a random form holds, and the golden entry that it must be read as."""

    title: str
    year: int
    golden: dict[str, Any]
    rows: list[dict[str, str]]
    random: random.Random
    head: dict[str, str] = field(default_factory=dict)

    def say(self, what: str) -> str:
        return self.random.choice(_SAY[what])


def lay_out(layout: Layout, name: str) -> Golden:
    """Return the document and what must be read of it."""
    chance = random.Random(layout.seed)
    year = chance.randint(2016, 2027)
    forms = [
        _make(layout, chance, year if layout.untitled else chance.randint(2016, 2027))
        for _ in range(1 if layout.family == "E" else layout.forms)
    ]
    lines = [line for made in forms for line in _form(made, layout)]
    expected: dict[str, Any] = {"forms": [golden for made in forms for golden in made.golden["forms"]]}
    if layout.header == "nameless":
        expected["notices"] = ["column_not_understood"]
    if layout.untitled:
        expected["folder_year"] = forms[0].year
    return Golden(name, _written(lines, layout, chance, name), expected)


def _written(lines: list[Cells], layout: Layout, chance: random.Random, name: str) -> pl.DataFrame:
    if layout.dialect == "rows":
        body = "\n".join("\t".join(cells) for cells in lines)
        return rows(name, "--- table\n" + body)
    text = []
    for cells in lines:
        said = [cell for cell in cells if cell]
        match layout.dialect:
            case "tab":
                text.append("\t".join(cells) + "\t" * chance.randint(0, 2))
            case "dropped":
                text.append("\t".join(said))
            case "pipe":
                text.append("| " + " | ".join(cells) + " |" if said else "")
            case "cell":
                text.extend(said)
            case "marked":  # a merged cell has its line once; other blank cells have theirs
                first = next((n for n, cell in enumerate(cells) if cell), len(cells))
                text.extend(f"{cell} |" for cell in cells[first:])
    end = "\r\n" if layout.crlf else "\n"
    data = end.join(text).replace("⏎", "").encode(layout.encoding)
    return read_texts([(name, data)]).lines.with_columns(document_id=pl.lit(name))


def _make(layout: Layout, chance: random.Random, year: int) -> Made:
    region, place = chance.choice(_PLACES)
    department, unit = place + chance.choice(_BODIES), place + chance.choice(_BODIES) + "下属中心"
    code = f"{region}{year % 100:02d}04{chance.randint(101, 399)}{chance.randint(1, 99999999):08d}"
    head = {
        "name": chance.choice(_VERBS)
        + chance.choice(_NOUNS)
        + chance.choice(("经费", "项目（二期）", "补助资金", "2023年专项")),
        "code": code,
        "unit": unit,
        "department": department,
        "number": str(chance.randint(101, 399)),
        "attribute": chance.choice(("经常性项目", "一次性项目")),
        "goal": "".join(chance.choice(_VERBS) + chance.choice(_NOUNS) + "，" for _ in range(chance.randint(1, 5)))
        + "效果明显。",
    }
    shape = {
        "A": ("value",),
        "C": ("value", "remark"),
        "I": ("value", "actual", "weight", "score", "reason"),
        "E": ("operator", "value", "measure", "weight", "direction"),
    }[layout.family]
    made = Made(
        f"{year}年度项目支出绩效{'自评' if layout.family == 'I' else '目标申报'}表",
        year,
        {"forms": []},
        [],
        chance,
        head,
    )
    made.rows = _indicators(shape, chance)
    if layout.dialect == "cell":  # what may be blank cannot be told from what is not, where a cell has its line
        made.rows = [
            {**row, **({"reason": ""} if "reason" in row else {}), **({"remark": ""} if "remark" in row else {})}
            for row in made.rows
        ]
    made.head["shape"] = " ".join(shape)
    made.golden["forms"] = [_golden(made, layout, region)]
    return made


def _indicators(shape: tuple[str, ...], chance: random.Random) -> list[dict[str, str]]:
    found = []
    for level1, seconds in _LEVELS:
        for level2 in sorted(chance.sample(seconds, chance.randint(1, len(seconds))), key=seconds.index):
            for _ in range(chance.choice((1, 1, 2, 3))):
                content = chance.choice(_VERBS) + chance.choice(_NOUNS) + chance.choice(_TAILS)
                row = {"level1": level1, "level2": level2, "content": content}
                number = str(chance.randint(1, 999))
                value = number if "operator" in shape else chance.choice(_VALUES).replace("{n}", number)
                row |= {
                    "value": value,
                    "actual": chance.choice(("已完成", number + "个", "98.5%", "12月")),
                    "weight": str(chance.randint(1, 30)),
                    "score": str(chance.randint(0, 30)) + chance.choice(("", ".5")),
                    "reason": chance.choice(("", "", "受天气影响，进度滞后")),
                    "remark": chance.choice(("", "", "含上年结转任务")),
                    "operator": chance.choice("≥≤＝"),
                    "measure": chance.choice("个次%"),
                    "direction": "正向指标",
                }
                found.append({key: row[key] for key in ("level1", "level2", "content", *shape)})
    return found


def _golden(made: Made, layout: Layout, region: str) -> dict[str, Any]:
    head, chance = made.head, made.random
    total, superior = chance.randint(1000, 10**7), chance.randint(0, 900)
    head |= {
        "total": f"{total:,}",
        "superior": f"{superior:,}",
        "local": f"{total - superior:,}",
        "wan": f"{total / 100:.2f}",
    }
    columns = ["level1", "level2", "content", "value_raw"]
    shape = head["shape"].split()
    columns += [ROLES[key] for key in shape if key in ROLES]
    lines = [" | ".join(columns)]
    for row in made.rows:
        value = row.get("operator", "") + row["value"] + row.get("measure", "")
        lines.append(
            " | ".join(
                [
                    row["level1"],
                    row["level2"],
                    row["content"].replace("|", ""),
                    value,
                    *(row[key] for key in shape if key in ROLES),
                ]
            )
        )
    golden: dict[str, Any] = {
        "fiscal_year": made.year,
        "project_name": head["name"],
        "unit_name": head["unit"],
        "annual_goal": head["goal"],
        "indicators": "\n".join(lines),
    }
    if layout.family == "A":
        return golden | {
            "project_code": head["code"],
            "department_code": head["number"],
            "department_name": head["department"],
            "project_attribute": head["attribute"],
            "total_yuan": total,
            "region_code": region,
            "funding": {
                "general_public_superior": superior,
                "general_public_local": total - superior,
                "government_fund": None,
                "other": 0,
            },
        }
    if layout.family == "E":
        return golden | {"total_yuan": total}
    golden |= {"department_name": head["department"], "total_yuan": total * 100}
    if layout.family == "I":
        return golden | {
            "goal_result": "已全部完成。",
            "execution": "funding_line | initial_budget_yuan | adjusted_budget_yuan | executed_yuan | weight\n"
            + "".join(
                f"{line} | {total * 100} | {total * 100} | {total * 100} | {weight}\n"
                for line, weight in (("total", "10"), ("general_public_local", ""))
            ),
        }
    return golden | {"funding": {"general_public_local": total * 100, "other": None}}


def _form(made: Made, layout: Layout) -> list[Cells]:
    if layout.family == "E":
        return _list(made, layout)
    say = made.say if layout.noise else lambda what: _SAY[what][0]
    label = _Noise(made.random, layout.noise)
    lines = [] if layout.untitled else [[made.title]]
    lines += {"A": _head_a, "C": _head_c, "I": _head_i}[layout.family](made, say, label)
    return lines + _table(made, layout, say, label)


class _Noise:
    """Writes a label as extractions do: blanks between characters, marks, notes, colons."""

    def __init__(self, chance: random.Random, on: bool) -> None:
        self.chance, self.on = chance, on

    def __call__(self, word: str, notes: tuple[str, ...] = ()) -> str:
        if not self.on:
            return word
        ways = [
            word,
            word,
            word,
            "*" + word,
            "★" + word,
            " ".join(word),
            word[:2] + "⏎" + word[2:],
            word + "：",
            *(word + note for note in notes),
        ]
        return self.chance.choice(ways)


def _head_a(made: Made, say: Any, label: _Noise) -> list[Cells]:
    head = made.head
    return [
        [label(say("name")), head["name"], label(say("code")), head["code"]],
        [
            label(say("unit"), ("（盖章）",)),
            head["unit"],
            label(say("department")),
            f"{head['number']}-{head['department']}",
        ],
        [label(say("attribute")), head["attribute"]],
        ["资金总额", "资金来源", "", "金额(元)"],
        ["", label("合计"), "", head["total"]],
        ["", "其中：一般公共预算拨款", "其中：上级", head["superior"]],
        ["", "", "本级", head["local"]],
        ["", "政府性基金", "", ""],
        ["其他资金", "", "0", ""],
        [label(say("goal")), head["goal"]],
    ]


def _head_c(made: Made, say: Any, label: _Noise) -> list[Cells]:
    head = made.head
    return [
        [label(say("name")), head["name"], "", ""],
        [label(say("department")), head["department"], label(say("unit")), head["unit"]],
        ["项目资金（万元）", "年度资金总额：", head["wan"], ""],
        ["", "其中：财政拨款", head["wan"], ""],
        ["", "其他资金", "", ""],
        [label(say("goal")), head["goal"]],
    ]


def _head_i(made: Made, say: Any, label: _Noise) -> list[Cells]:
    head, wan = made.head, made.head["wan"]
    return [
        [label(say("name")), head["name"], "", ""],
        [label(say("department")), head["department"], label(say("unit")), head["unit"]],
        ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["", "年度资金总额", wan, wan, wan, "10", "100%", "10"],
        ["", "其中：当年财政拨款", wan, wan, wan, "—", "100%", "—"],
        ["年度总体目标", "预期目标", "", "", "实际完成情况"],
        ["", head["goal"], "", "", "已全部完成。"],
    ]


def _table(made: Made, layout: Layout, say: Any, label: _Noise) -> list[Cells]:
    chance, shape = made.random, made.head["shape"].split()
    names = {"score": "得分", "remark": "备注", "direction": "指标方向性"}
    header = ["一级指标", "二级指标", say("content"), *(names.get(key) or say(key) for key in shape)]
    side = "绩效指标" if layout.dialect not in ("cell", "dropped") else ""
    lines = _headed([side, *header], layout)
    above: tuple[str, str] = ("", "")
    for row in made.rows:
        level1 = row["level1"] if layout.repeats or row["level1"] != above[0] else ""
        level2 = row["level2"] if layout.repeats or (row["level1"], row["level2"]) != above else ""
        above = (row["level1"], row["level2"])
        notes = ("（50分）", "(40)") if level1 else ()
        cells = [
            "",
            label(level1, notes) if level1 else "",
            label(level2) if level2 else "",
            row["content"],
            *(row[key] for key in shape),
        ]
        cells = _widened(cells, layout, len(lines))
        if layout.shifts:
            cells = _shifted(cells, chance)
        if layout.breaks and chance.random() < 0.15:
            lines += _break(made, _widened(["", *header], layout)[1:], layout, chance)
        if layout.blanks and chance.random() < 0.15:
            lines.append(chance.choice(([""], ["", "", ""], ["-----------"])))
        lines.append(cells)
    if layout.family == "I":
        lines.append(["", "总分", "", "", "", "", "100", "98"])
    return lines


def _headed(header: Cells, layout: Layout) -> list[Cells]:
    """Return the rows of a table's header."""
    if layout.header == "split":
        return [["绩效指标", "", "", "", "", *header[5:]], ["", *header[1:5]]]
    return [_widened(header, layout)]


def _widened(cells: Cells, layout: Layout, number: int = 0) -> Cells:
    """Add the cells of columns that say nothing of an indicator; `number` of its row, 0 for the header."""
    match layout.header:
        case "numbered":
            return [*cells[:1], str(number) if number else "序号", *cells[1:]]
        case "weighed":
            first, second = (("20" if cell else "") if number else "分值" for cell in cells[1:3])
            return [*cells[:2], first, cells[2], second, *cells[3:]]
        case "nameless":
            return [*cells[:5], "按年" if number else "考核频度", *cells[5:]]
        case _:
            return cells


def _shifted(cells: Cells, chance: random.Random) -> Cells:
    by = chance.choice((-1, 0, 1, 2))
    if by < 0:
        blanks = next(n for n, cell in enumerate(cells) if cell)
        return cells[min(-by, blanks) :]
    return [""] * by + cells


def _break(made: Made, header: Cells, layout: Layout, chance: random.Random) -> list[Cells]:
    again = ["", *header]
    ways = [[again], [["-----------"], again]]
    if not layout.untitled:
        ways += [[[made.title], again]]
    return chance.choice(ways)


def _list(made: Made, layout: Layout) -> list[Cells]:
    head = made.head
    header = [
        "单位名称",
        "项目名称",
        "预算数",
        "年度目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
        "权重",
        "指标方向性",
    ]
    lines = [[made.title], ["金额单位：元"], header]
    for n, row in enumerate(made.rows):
        own = [head["unit"], head["name"], head["total"], head["goal"]] if n == 0 or layout.repeats else [""] * 4
        table = [
            row[key] for key in ("level1", "level2", "content", "operator", "value", "measure", "weight", "direction")
        ]
        if layout.breaks and made.random.random() < 0.1:
            lines.append(header)
        lines.append([*own, *table])
    return lines
