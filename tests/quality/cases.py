"""For each rule: what hits it, what passes, what it does not speak of, and where data is missing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from tests.quality.forms import Form, also, instead, sound, without

SELF_EVALUATION = "{year}年度项目支出绩效自评表"


@dataclass(frozen=True)
class Case:
    """What is declared, and what a rule should say of it."""

    rule_id: str
    outcome: str
    says: str
    form: Form
    others: tuple[Form, ...] = ()
    """Forms beside it in the same document, or in that of their own year."""
    later: tuple[Form, ...] = ()
    """Forms of a document published afterwards."""
    folder: int | None = None
    """The landing folder's year, where it is not the form's."""
    stands_at: str | None = None
    """The text that the line of the finding must hold."""

    @property
    def id(self) -> str:
        return f"{self.rule_id}-{self.outcome}-{self.says}".replace(" ", "_")


_serial = count(1)


def case(rule_id: str, outcome: str, says: str, build: Callable[[int], Form], stands_at: str | None = None) -> Case:
    return Case(rule_id, outcome, says, build(next(_serial)), stands_at=stands_at)


def beside(rule_id: str, outcome: str, says: str, build: Callable[[int, int], tuple[Form, ...]]) -> Case:
    """A case of several forms; the first is the one to judge."""
    form, *others = build(next(_serial), next(_serial))
    return Case(rule_id, outcome, says, form, others=tuple(others))


def indicator(rule_id: str, outcome: str, level2: str, content: str, target: str, **said: Any) -> Case:
    """A case of one indicator in an otherwise sound form; a hit must stand at its line."""
    form = instead(next(_serial), level2, content, target, **said)
    return Case(rule_id, outcome, f"{content} {target}", form, stands_at=content if outcome == "hit" else None)


def self_evaluated(rule_id: str) -> Case:
    def build(n: int) -> Form:
        form = sound(n, title=SELF_EVALUATION, columns=("指标内容", "年度指标值", "实际完成值"))
        return replace(form, indicators=tuple((*row, row[-1].lstrip("≥≤")) for row in form.indicators))

    return case(rule_id, "not_applicable", "self-evaluation", build)


def over_years(rule_id: str, outcome: str, says: str, forms: Callable[[int], list[Form]]) -> Case:
    """A case of one project over the years, the last to judge."""
    *earlier, last = forms(next(_serial))
    return Case(rule_id, outcome, says, last, others=tuple(earlier))


def kept(n: int, year: int, target: str) -> Form:
    return replace(sound(n, year=year), indicators=(("产出指标", "数量指标", f"保障{n}号线路", target),))


def three_years(*targets: str) -> Callable[[int], list[Form]]:
    return lambda n: [kept(n, 2023 - len(targets) + 1 + place, target) for place, target in enumerate(targets)]


QUANTITY, QUALITY, TIME, COST = "数量指标", "质量指标", "时效指标", "成本指标"
ECONOMY, SOCIETY, SUSTAINED, SATISFACTION = "经济效益指标", "社会效益指标", "可持续影响指标", "服务对象满意度指标"

LOCAL = "本级"

CASES = [
    # --- the form's head -----------------------------------------------------------------------------------------
    case("F1", "hit", "sources short of the total", lambda n: sound(n, sources=((LOCAL, "900,000"), ("其他资金", "")))),
    case(
        "F1",
        "passed",
        "sources with a blank",
        lambda n: sound(n, sources=((LOCAL, "600,000"), ("政府性基金", ""), ("其他资金", "400,000"))),
    ),
    case("F1", "not_applicable", "no source printed", lambda n: sound(n, sources=())),
    case("F1", "not_enough_data", "only blanks", lambda n: sound(n, sources=((LOCAL, ""), ("其他资金", "")))),
    case("F1", "not_enough_data", "no total", lambda n: sound(n, total="")),
    case("F2", "hit", "a digit short", lambda n: sound(n, code=f"45020022041190000{n:03d}")),
    case("F2", "hit", "unknown area", lambda n: sound(n, code=f"9902002204119{n:08d}")),
    case("F2", "passed", "as the project library writes it", sound),
    case("F2", "passed", "a letter in the code", lambda n: sound(n, code=f"51000021R{n:012d}")),
    case("F2", "not_applicable", "no code", lambda n: sound(n, code="")),
    case("F3", "hit", "another department", lambda n: sound(n, department="122-柳州市财政局")),
    case("F3", "passed", "the same department", sound),
    case("F3", "not_applicable", "a code whose parts are not known", lambda n: sound(n, code=f"51000021R{n:012d}")),
    case("F3", "not_enough_data", "department without code", lambda n: sound(n, department="柳州市公安局")),
    case("F4", "hit", "library year 2024 in 2023", lambda n: sound(n, code=f"4502002404119{n:08d}")),
    case("F4", "passed", "library year 2023 in 2023", lambda n: sound(n, code=f"4502002304119{n:08d}")),
    case("F4", "not_applicable", "no code", lambda n: sound(n, code="")),
    case("F5", "hit", "number prefix", lambda n: sound(n, attribute="2-经常性项目")),
    case("F5", "hit", "not in the list", lambda n: sound(n, attribute="重点项目")),
    case("F5", "passed", "a box that is ticked", lambda n: sound(n, attribute="新增项目□ 延续项目☑")),
    case("F5", "passed", "in the list", lambda n: sound(n, attribute="一次性项目")),
    case("F5", "not_applicable", "no attribute printed", lambda n: sound(n, attribute=None)),
    beside("F6", "hit", "same code twice in a document", lambda n, _: (sound(n), sound(n))),
    beside(
        "F6", "hit", "same name under two codes", lambda n, m: (sound(n, name="同名工程"), sound(m, name="同名工程"))
    ),
    beside(
        "F6",
        "passed",
        "same name in two departments",
        lambda n, m: (
            sound(n, name="共用名称"),
            sound(m, name="共用名称", department="122-柳州市财政局", code=f"4502002204122{m:08d}"),
        ),
    ),
    beside("F6", "passed", "same code next year", lambda n, _: (sound(n, year=2023), sound(n, year=2022))),
    Case("F6", "passed", "declared again by a later document", sound(900), later=(sound(900, goal="重新公布。"),)),
    case(
        "F6",
        "not_applicable",
        "whole department",
        lambda n: sound(
            n,
            title="{year}年度柳州市部门整体支出绩效目标申报表",
            name="",
            code="",
            department=f"7{n:02d}-柳州市第{n}部门",
        ),
    ),
    # --- completeness ------------------------------------------------------------------------------------------
    case("C1", "hit", "no timeliness", lambda n: without(n, TIME)),
    case("C1", "passed", "all four", sound),
    case(
        "C1",
        "passed",
        "cost as level 1 of 2021",
        lambda n: replace(
            without(n, COST),
            indicators=(*without(n, COST).indicators, ("成本指标", "经济成本指标", f"{n}号线总成本", "≤1000000元")),
        ),
    ),
    self_evaluated("C1"),
    case("C1", "not_enough_data", "a row in quarantine", lambda n: without(n, TIME, name="缺行项目")),
    case("C2", "hit", "no benefit", lambda n: without(n, ECONOMY)),
    case("C2", "passed", "a benefit", sound),
    self_evaluated("C2"),
    case("C3", "hit", "no satisfaction", lambda n: without(n, SATISFACTION)),
    case("C3", "passed", "satisfaction", sound),
    self_evaluated("C3"),
    case(
        "C4", "hit", "sustained impact only", lambda n: also(without(n, ECONOMY), SUSTAINED, f"{n}号持续影响", "≥5年")
    ),
    case("C4", "passed", "another benefit too", lambda n: instead(n, SUSTAINED, f"{n}号持续影响", "≥5年")),
    case("C4", "not_applicable", "no benefit at all", lambda n: without(n, ECONOMY)),
    case("C5", "hit", "empty goal", lambda n: sound(n, goal="")),
    case("C5", "hit", "goal 无", lambda n: sound(n, goal="无")),
    case("C5", "passed", "a goal", sound),
    self_evaluated("C5"),
    case("C6", "hit", "five indicators", lambda n: without(n, TIME)),
    case(
        "C6",
        "hit",
        "twenty-one indicators",
        lambda n: replace(
            sound(n),
            indicators=(*sound(n).indicators, *(("产出指标", QUANTITY, f"{n}号第{k}项", f"≥{k}个") for k in range(15))),
        ),
    ),
    case("C6", "passed", "six indicators", sound),
    self_evaluated("C6"),
    # --- measurability -----------------------------------------------------------------------------------------
    indicator("Q1", "hit", QUALITY, "巡查覆盖范围", "无"),
    indicator("Q1", "hit", QUALITY, "处置水平", "不涉及"),
    indicator("Q1", "hit", QUANTITY, "改造项目数量", "根据申报数和评估情况而定"),
    indicator("Q1", "hit", QUANTITY, "空白目标项目", ""),
    indicator("Q1", "passed", QUALITY, "安全事故", "无事故"),
    indicator("Q1", "passed", QUALITY, "方案执行", "按实施方案验收"),
    self_evaluated("Q1"),
    indicator("Q2", "hit", QUALITY, "符合绩效考评需求", "符合绩效考评需求"),
    indicator("Q2", "passed", QUALITY, "采购书籍为正版", "正版优质书籍及数据"),
    indicator("Q2", "passed", QUALITY, "验收等次", "优"),
    case("Q2", "not_applicable", "no target in words", sound),
    indicator("Q3", "hit", QUALITY, "工程质量", "优"),
    indicator("Q3", "hit", TIME, "资料报送", "及时"),
    indicator("Q3", "passed", QUALITY, "工程验收（90分以上为优）", "优"),
    indicator("Q3", "passed", SOCIETY, "示范作用", "优"),
    self_evaluated("Q3"),
    indicator("Q4", "hit", QUALITY, "是否完成方案任务", "是"),
    indicator("Q4", "hit", SOCIETY, "保障工作顺利开展", "是"),
    indicator("Q4", "passed", QUALITY, "方案任务完成情况", "全部完成"),
    self_evaluated("Q4"),
    indicator("Q5", "hit", QUANTITY, "项目数量", "完成年度任务"),
    indicator("Q5", "passed", QUANTITY, "机房巡检", "每日"),
    indicator("Q5", "passed", QUANTITY, "培训次数", "三次"),
    case("Q5", "not_applicable", "no quantity indicator", lambda n: without(n, QUANTITY)),
    indicator("Q6", "hit", SOCIETY, "保证生产安全", "通过检查各相关单位，保证工作正常运转"),
    indicator("Q6", "hit", SOCIETY, "减轻困难家庭负担", "按规定完成各项资助工作"),
    indicator("Q6", "passed", SOCIETY, "生产安全形势", "不发生重大安全事故"),
    case("Q6", "not_applicable", "no target in words", sound),
    case("Q7", "hit", "a grade only", lambda n: instead(n, ECONOMY, "带动产业发展", "显著")),
    indicator("Q7", "passed", SOCIETY, "社会影响", "显著"),
    case("Q7", "not_applicable", "no benefit", lambda n: without(n, ECONOMY)),
    # --- direction ---------------------------------------------------------------------------------------------
    indicator("D1", "hit", SATISFACTION, "群众满意程度", "≤90%"),
    indicator("D1", "passed", SATISFACTION, "群众满意度反馈", "接到市民不满意反馈≤10次"),
    indicator("D1", "passed", SATISFACTION, "服务对象投诉次数", "≤3次"),
    case("D1", "not_applicable", "no satisfaction", lambda n: without(n, SATISFACTION)),
    indicator("D1", "not_enough_data", SATISFACTION, "群众评价", "满意"),
    indicator("D2", "hit", SOCIETY, "补助发放率", "≤95%"),
    indicator("D2", "hit", QUALITY, "任务完成率", "＜90%"),
    indicator("D2", "passed", COST, "预算完成率", "≤100%"),
    indicator("D2", "passed", QUALITY, "任务未完成率", "≤5%"),
    case(
        "D2",
        "not_applicable",
        "no rate with an operator",
        lambda n: replace(
            without(n, QUALITY, SATISFACTION),
            indicators=(*without(n, QUALITY, SATISFACTION).indicators, ("产出指标", QUALITY, f"{n}号验收", "全部合格")),
        ),
    ),
    indicator("D3", "hit", COST, "预算控制率", "≥90%"),
    indicator("D3", "hit", COST, "单位造价成本", "≥3000元/平方米"),
    indicator("D3", "passed", COST, "预算执行率", "≥90%"),
    indicator("D3", "passed", COST, "成本节约率", "≥5%"),
    indicator("D3", "passed", COST, "预算控制率", "≤100%"),
    self_evaluated("D3"),
    indicator("D4", "hit", QUALITY, "系统故障率", "≥10%"),
    indicator("D4", "hit", QUALITY, "鉴定超期", "≥5%"),
    indicator("D4", "passed", QUALITY, "故障率下降幅度", "≥10%"),
    indicator("D4", "passed", QUALITY, "故障率", "≤10%"),
    self_evaluated("D4"),
    indicator("D5", "hit", QUALITY, "困难学生覆盖率", "≥100%"),
    indicator("D5", "passed", QUALITY, "困难学生覆盖率", "=100%"),
    indicator("D5", "passed", ECONOMY, "产值增长率", "≥100%"),
    self_evaluated("D5"),
    indicator("D6", "hit", TIME, "结算时间", "=12月"),
    indicator("D6", "hit", TIME, "下达时间", "≤12月底"),
    indicator("D6", "passed", TIME, "拨付时间", "11月底前"),
    indicator("D6", "not_applicable", TIME, "响应时间", "≤30分钟"),
    # --- money -------------------------------------------------------------------------------------------------
    indicator("M1", "hit", COST, "项目总成本", "≤90万元"),
    indicator("M1", "passed", COST, "项目总成本", "≤100万元"),
    indicator(
        "M1", "passed", COST, "按预算控制总成本", "≤116.09万元", total="1,160,932", sources=((LOCAL, "1,160,932"),)
    ),
    indicator("M1", "passed", COST, "培训费标准", "≤400元"),
    indicator("M1", "not_applicable", COST, "预算控制率", "≤100%"),
    case("M1", "not_enough_data", "no total", lambda n: sound(n, total="", sources=((LOCAL, ""),))),
    case(
        "M1",
        "passed",
        "two caps that add up",
        lambda n: also(instead(n, COST, "东段总成本", "≤40万元"), COST, "西段总成本", "≤60万元"),
    ),
    case(
        "M2",
        "hit",
        "beds times price",
        lambda n: also(instead(n, COST, "床位补助标准", "≤1200元/张"), QUANTITY, "补助养老床位", "≥1800张"),
    ),
    case(
        "M2",
        "passed",
        "beds times a lower price",
        lambda n: also(instead(n, COST, "床位补助标准", "≤500元/张"), QUANTITY, "补助养老床位", "≥1800张"),
    ),
    case("M2", "passed", "a price for what is not counted", lambda n: instead(n, COST, "每户补助标准", "≤900000元/户")),
    case("M2", "not_applicable", "no unit cost", sound),
    indicator("M3", "hit", COST, "项目超概算情况", "无超概算项目"),
    indicator("M3", "hit", COST, "按协议完成实施工作", "11月中旬前"),
    indicator("M3", "passed", COST, "床位补助标准", "≤1200元/张"),
    indicator("M3", "passed", COST, "预算控制率", "≤100%"),
    case("M3", "not_applicable", "no cost indicator", lambda n: without(n, COST)),
    indicator("M4", "hit", COST, "慰问总成本", "≤100%"),
    indicator("M4", "passed", COST, "总成本控制率", "≤100%"),
    case("M4", "not_applicable", "no cost indicator", lambda n: without(n, COST)),
    indicator("M5", "hit", QUANTITY, "注入资本金", "=100万元"),
    indicator("M5", "passed", QUANTITY, "撬动贷款", "≥300万元"),
    case("M5", "not_applicable", "no quantity indicator", lambda n: without(n, QUANTITY)),
    # --- time --------------------------------------------------------------------------------------------------
    indicator("T1", "hit", TIME, "验收时间", "2024年3月底前"),
    indicator("T1", "passed", TIME, "验收时间", "2023年9月底前"),
    indicator("T1", "not_applicable", TIME, "响应时长", "≤2小时"),
    indicator("T2", "hit", TIME, "筹备工作时间", "2022年9月-2023年3月"),
    indicator("T2", "passed", TIME, "筹备工作时间", "2023年2月-2023年3月"),
    indicator("T2", "hit", TIME, "筹备完成时间", "2022年11月底前"),
    indicator("T2", "not_applicable", TIME, "完工时间", "10月底前"),
    indicator("T3", "hit", QUALITY, "完成资料收集", "2023年11月底前"),
    indicator("T3", "passed", TIME, "完成资料收集", "2023年11月底前"),
    indicator("T3", "not_applicable", TIME, "响应时长", "≤2小时"),
    case("T4", "hit", "one deadline, 31 December", lambda n: instead(n, TIME, "资金拨付时间", "12月底前")),
    case(
        "T4",
        "passed",
        "one of two within the year",
        lambda n: also(instead(n, TIME, "资金拨付时间", "12月底前"), TIME, "评审时间", "6月底前"),
    ),
    case("T4", "passed", "milestones", lambda n: instead(n, TIME, "支出进度安排", "上半年完成40%，年底完成100%")),
    indicator("T4", "not_applicable", TIME, "响应时长", "≤2小时"),
    # --- across cells ------------------------------------------------------------------------------------------
    indicator(
        "X1", "hit", QUANTITY, "开展水利建设项目监督检查数", "=10个", goal="对我市15个水利建设项目开展监督检查工作。"
    ),
    indicator("X1", "hit", SATISFACTION, "扶持企业问卷满意度", "≥80%", goal="受益主体满意度在90%以上。"),
    indicator(
        "X1", "passed", QUANTITY, "开展水利建设项目监督检查数", "≥15个", goal="对我市15个水利建设项目开展监督检查工作。"
    ),
    indicator("X1", "passed", SATISFACTION, "读者满意度", "≥95%", goal="读者满意度达到90%以上。"),
    indicator("X1", "passed", QUANTITY, "完成论证项目数", "=1个", goal="完成3个县的巡查；2023年底前启用158医院。"),
    case("X1", "not_applicable", "no number in the goal", sound),
    indicator("X2", "hit", SOCIETY, "系统稳定运行率，预算单位投诉次数", "≤30次"),
    indicator("X2", "hit", SOCIETY, "政策知晓率和覆盖率", "≥90%"),
    indicator("X2", "passed", COST, "预算控制率(执行数/年初预算数)", "≤100%"),
    indicator("X2", "passed", SATISFACTION, "社会公众、服务对象满意度", "≥90%"),
    self_evaluated("X2"),
    indicator("X3", "hit", QUANTITY, "困难学生资助比例", "≥80%"),
    indicator("X3", "hit", QUALITY, "形成检查报告", "≥1000份"),
    indicator("X3", "passed", QUALITY, "安全事故次数", "≤2次"),
    indicator("X3", "passed", QUALITY, "专家评分", "≥80分"),
    case("X3", "not_applicable", "neither quantity nor quality", lambda n: without(n, QUANTITY, QUALITY)),
    beside(
        "B1",
        "hit",
        "same indicator and target",
        lambda n, m: (
            instead(n, SOCIETY, "基层运转保障比率", "≥91%"),
            instead(m, SOCIETY, "基层运转保障比率", "≥ 91%"),
        ),
    ),
    beside(
        "B1",
        "passed",
        "same indicator, other target",
        lambda n, m: (instead(n, SOCIETY, "干线畅通比率", "≥91%"), instead(m, SOCIETY, "干线畅通比率", "≥92%")),
    ),
    self_evaluated("B1"),
    # --- over the years ----------------------------------------------------------------------------------------
    over_years("Y1", "hit", "fewer than last year", three_years("≥30条", "≥20条")),
    over_years("Y1", "passed", "more than last year", three_years("≥30条", "≥40条")),
    over_years(
        "Y1",
        "passed",
        "under another name",
        lambda n: [kept(n, 2022, "≥30条"), replace(kept(n, 2023, "≥30条"), name="改名的线路保障")],
    ),
    over_years("Y1", "passed", "exactly as many as at least", three_years("≥30条", "=30条")),
    over_years("Y1", "hit", "exactly, and fewer", three_years("=30条", "=20条")),
    case("Y1", "not_applicable", "first declaration", sound),
    over_years("Y2", "hit", "three years alike", three_years("≥30条", "≥30条", "≥30条")),
    over_years("Y2", "passed", "changed within three years", three_years("≥20条", "≥30条", "≥30条")),
    over_years("Y2", "not_applicable", "two years only", three_years("≥30条", "≥30条")),
    over_years(
        "Y3",
        "hit",
        "twice the money",
        lambda n: [sound(n, year=2022), sound(n, total="2,000,000", sources=((LOCAL, "2,000,000"),))],
    ),
    over_years(
        "Y3",
        "passed",
        "a tenth more money",
        lambda n: [sound(n, year=2022), sound(n, total="1,100,000", sources=((LOCAL, "1,100,000"),))],
    ),
    over_years(
        "Y3",
        "not_enough_data",
        "no total last year",
        lambda n: [sound(n, year=2022, total="", sources=((LOCAL, ""),)), sound(n)],
    ),
    case("Y3", "not_applicable", "first declaration", sound),
    # --- what the reader noticed -------------------------------------------------------------------------------
    indicator("N1", "hit", SOCIETY, "服务能力", "较2022年提高3个位次左右并争取进入前5"),
    case("N1", "passed", "every number understood", sound),
    case("N1", "not_applicable", "no indicators", lambda n: replace(sound(n), indicators=())),
    Case("N2", "hit", "2021 in the folder of 2023", sound(901, year=2021), folder=2023),
    case("N2", "passed", "one year only", sound),
    case("N3", "hit", "letters in the total", lambda n: sound(n, total="1,00O,0O0")),
    case("N3", "passed", "a total", sound),
    indicator("N4", "hit", QUANTITY, "购置特种器具", "≥5闑"),
    case("N4", "passed", "a known unit", sound),
    case(
        "N4",
        "not_applicable",
        "no number",
        lambda n: replace(sound(n), indicators=(("产出指标", TIME, f"{n}号完工时间", "10月底前"),)),
    ),
    case("N5", "hit", "words for an amount", lambda n: sound(n, sources=((LOCAL, "壹佰万整元"), ("其他资金", "")))),
    case("N5", "passed", "amounts", sound),
    case("N6", "hit", "neither 元 nor 万元", lambda n: sound(n, money="金额")),
    case("N6", "passed", "元 in the header", sound),
    case("N7", "hit", "a word for a weight", lambda n: sound(n, name="评分有误")),
    case("N7", "passed", "no scores printed", sound),
    case("N9", "hit", "what no rule names", lambda n: sound(n, name="明日之事")),
    case("N9", "passed", "nothing else noticed", sound),
]
