"""Forms to judge: a declaration that passes every rule, and ways to spoil it."""

from dataclasses import dataclass, replace
from typing import Any

Indicator = tuple[str, ...]
"""Level 1, level 2, content, target, and what further columns hold."""

LEVEL1 = {
    "数量指标": "产出指标",
    "质量指标": "产出指标",
    "时效指标": "产出指标",
    "成本指标": "产出指标",
    "经济效益指标": "效益指标",
    "社会效益指标": "效益指标",
    "生态效益指标": "效益指标",
    "可持续影响指标": "效益指标",
    "服务对象满意度指标": "满意度指标",
}


@dataclass(frozen=True)
class Form:
    """A declaration as Liuzhou prints it; what it says is unlike any other's, by its `serial`."""

    serial: int
    year: int = 2023
    title: str = "{year}年度部门预算柳州市本级项目支出绩效目标申报表"
    name: str | None = None
    code: str | None = None
    department: str = "119-柳州市公安局"
    attribute: str | None = "经常性项目"
    total: str = "1,000,000"
    sources: tuple[tuple[str, str], ...] = (("本级", "1,000,000"), ("政府性基金", "0"), ("其他资金", ""))
    money: str = "金额(元)"
    columns: tuple[str, ...] = ("指标内容", "指标值")
    goal: str | None = None
    indicators: tuple[Indicator, ...] = ()

    @property
    def project_name(self) -> str:
        return self.name if self.name is not None else f"{_word(self.serial)}站点建设"

    @property
    def project_code(self) -> str:
        return self.code if self.code is not None else f"4502002204119{self.serial:08d}"

    def text(self) -> str:
        """Return the form as tab-separated text."""
        rows: list[tuple[str, ...]] = [(self.title.format(year=self.year),)]
        if self.project_name:
            rows.append(
                ("项目名称", self.project_name, *(("项目编码", self.project_code) if self.project_code else ()))
            )
        rows.append(("项目实施单位", self.department.partition("-")[2], "项目主管单位", self.department))
        if self.attribute is not None:
            rows.append(("项目属性", self.attribute))
        if self.total or self.sources:
            rows += [("资金总额", "资金来源", self.money), ("", "合计", "", self.total)]
        for number, (source, amount) in enumerate(self.sources):
            rows.append((("其中：一般公共预算拨款" if number == 0 else ""), source, "", amount))
        goal = f"建成{_word(self.serial)}站点并投入使用。" if self.goal is None else self.goal
        rows += [("年度绩效目标", goal), ("项目年度绩效目标衡量指标", "一级指标", "二级指标", *self.columns)]
        rows += [("", *indicator) for indicator in self.indicators]
        return "\n".join("\t".join(row) for row in rows) + "\n"


def sound(serial: int, **said: Any) -> Form:
    """Return a form that no rule of a single declaration hits."""
    form = Form(serial, **said)
    if form.indicators:
        return form
    site = _word(serial)
    return replace(
        form,
        indicators=(
            ("产出指标", "数量指标", f"新建{site}站点数量", "≥5个"),
            ("产出指标", "质量指标", f"{site}站点验收合格率", "≥95%"),
            ("产出指标", "时效指标", f"{site}站点完工时间", f"{form.year}年10月底前"),
            ("产出指标", "成本指标", f"{site}站点建设总成本", "≤1000000元"),
            ("效益指标", "经济效益指标", f"{site}站点带动就业人数", "≥20人"),
            ("满意度指标", "服务对象满意度指标", f"{site}站点周边居民满意度", "≥90%"),
        ),
    )


def instead(serial: int, level2: str, content: str, target: str, **said: Any) -> Form:
    """Return the sound form with its indicator of `level2` replaced (or with one more, where it has none)."""
    form = sound(serial, **said)
    new = (LEVEL1[level2], level2, content, target)
    held = [indicator[1] for indicator in form.indicators]
    if level2 in held:
        kept = tuple(new if indicator[1] == level2 else indicator for indicator in form.indicators)
    else:
        kept = (*form.indicators[:-1], new, form.indicators[-1])
    return replace(form, indicators=kept)


def without(serial: int, *level2: str, **said: Any) -> Form:
    """Return the sound form without its indicators of some kinds."""
    form = sound(serial, **said)
    return replace(form, indicators=tuple(indicator for indicator in form.indicators if indicator[1] not in level2))


def also(form: Form, level2: str, content: str, target: str) -> Form:
    """Return `form` with one more indicator at its end."""
    return replace(form, indicators=(*form.indicators, (LEVEL1[level2], level2, content, target)))


_DIGITS = "甲乙丙丁戊己庚辛壬癸"


def _word(serial: int) -> str:
    """Return a name without digits: a number in a name would be a number in the goal."""
    return "".join(_DIGITS[int(digit)] for digit in str(serial))
