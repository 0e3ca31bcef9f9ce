"""Whatever is printed, in whatever style: a typed target comes back, and nothing ever raises or is lost."""

import datetime as dt
from decimal import Decimal
from random import Random

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ingest.targets import TYPED, type_values, units
from ingest.targets.words import load

# The assertions name the offending values, so that shrinking a batch of them would only cost minutes.
BATCHES = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))

FULL_WIDTH = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)} | {" ": "\u3000"})

# How each operator is printed: before the number, after the unit.
BEFORE = {
    ">=": ["≥", ">=", "＞＝", "=>", "≧", "⩾", "不低于", "不少于", "至少", "大于等于", "大于或等于", "不得低于"],
    ">": [">", "＞", "大于", "高于", "超过"],
    "<=": ["≤", "<=", "＜＝", "=<", "≦", "⩽", "不超过", "不高于", "小于等于", "控制在", "最多"],
    "<": ["<", "＜", "小于", "低于", "少于", "不足"],
    "=": ["=", "＝", "", "==", "等于"],
    "~": ["约", "大约", "近", "≈"],
}
AFTER = {
    ">=": [("", "以上"), ("", "及以上"), ("", "（含）以上"), ("≥", "以上"), ("控制在", "以上")],
    "<=": [("控制在", "以内"), ("", "以内"), ("", "以下"), ("≤", "以内")],
    "~": [("", "左右")],
}
STYLES = {op: [(word, "") for word in words] + AFTER.get(op, []) for op, words in BEFORE.items()}
WORDS = ["", "", "", "完成率", "满意度：", "确保", "全市", "接到市民反馈", "12345热线办结率", "5G覆盖率"]
DATE_UNITS = {"年", "月", "日", "季度", "月份", "年度", "号"}
COUNTING = [
    unit
    for unit, factor in units.table().select("unit", "factor").rows()
    if unit not in {*load()["naming_units"], *load()["ranks"], *DATE_UNITS, *units.SCALES}
    and not unit[0].isascii()
    and factor < 10**8  # beyond, the numbers below do not fit in base units
]

operators = st.sampled_from(sorted(STYLES))
numbers = st.one_of(
    st.integers(0, 10**9).map(Decimal),
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.integers(0, 100).map(Decimal),
)
some_units = st.one_of(
    st.sampled_from(["%", "‰", "次", "万元", "元/人·月", "人次", "个工作日", ""]), st.sampled_from(COUNTING)
)


@st.composite
def quantities(draw: st.DrawFn) -> tuple[str, tuple[str, Decimal, str]]:
    """A printed quantity and what it says."""
    operator, number, unit = draw(operators), draw(numbers), draw(some_units)
    before, after = draw(st.sampled_from(STYLES[operator]))
    digits = draw(st.sampled_from(["{:f}", "{:,f}", "{:.2f}"])).format(number)
    words = draw(st.sampled_from(WORDS)) if unit else ""
    bracketed = unit and "(" not in unit and not after and draw(st.booleans())
    text = f"{words}{before}{digits}{f'({unit})' if bracketed else unit}{after}"
    if draw(st.booleans()):
        text = text.translate(FULL_WIDTH)
    if draw(st.booleans()):
        text = draw(st.sampled_from([" {} ", "<p>{}</p>", "{}。", "（{}）", "\n{}\u3000"])).format(text)
    return text, (operator, number, unit)


def typed(texts: list[str], year: int = 2023) -> tuple[pl.DataFrame, pl.DataFrame]:
    schema = {
        "value_raw": pl.String,
        "operator_raw": pl.String,
        "unit_raw": pl.String,
        "fiscal_year": pl.Int32,
        "level2": pl.String,
    }
    return type_values(pl.DataFrame([(t, None, None, year, None) for t in texts], schema=schema, orient="row"))


@settings(BATCHES, max_examples=25)
@given(st.lists(quantities(), min_size=1, max_size=60))
def test_every_quantity_comes_back(printed: list[tuple[str, tuple[str, Decimal, str]]]) -> None:
    frame, _ = typed([text for text, _ in printed])
    read = frame.select("target_kind", "operator", "target_value", "unit").rows()
    wrong = [(text, got) for (text, want), got in zip(printed, read, strict=True) if got != ("numeric", *want)]
    assert wrong == []
    factors = {row["unit"]: row for row in units.resolve(frame["unit"]).iter_rows(named=True)}
    for value, unit, base, base_unit in frame.select("target_value", "unit", "base_value", "base_unit").rows():
        assert base == (value * factors[unit]["factor"]).quantize(Decimal("0.000001"))
        assert base_unit == factors[unit]["base_unit"]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, tuple[str, Decimal, Decimal, str]]:
    """A printed range and what it says."""
    low, high = sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True)))
    unit = draw(st.sampled_from(["%", "次", "万元", "分", "元/人·月", "个工作日"]))
    style = draw(
        st.sampled_from(
            ["{a}{u}-{b}{u}", "{a}-{b}{u}", "{a}~{b}{u}", "{a}{u}～{b}{u}", "{a}—{b}{u}", "{a}至{b}{u}", "{a}到{b}{u}",
             "≥{a}{u}且≤{b}{u}", "不低于{a}{u}，不高于{b}{u}", "{a}{u}以上{b}{u}以下", "{a}{u}≤满意度≤{b}{u}",
             "≤{b}{u}且≥{a}{u}"]
        )
    )  # fmt: skip
    return style.format(a=f"{low:f}", b=f"{high:f}", u=unit), (">=", low, high, unit)


@settings(BATCHES, max_examples=15)
@given(st.lists(ranges(), min_size=1, max_size=40))
def test_every_range_comes_back(printed: list[tuple[str, tuple[str, Decimal, Decimal, str]]]) -> None:
    frame, _ = typed([text for text, _ in printed])
    read = frame.select("operator", "target_value", "target_value_max", "unit").rows()
    assert [(t, got) for (t, want), got in zip(printed, read, strict=True) if got != want] == []


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


CHINESE_MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]


def printed_dates(year: int, date: dt.date) -> list[tuple[str, dt.date]]:
    """All the ways to print a deadline in `date`'s month or on its day, with the day that each means."""
    y, m, d = date.year, date.month, date.day
    end = _month_end(y, m)
    of_the_day = [
        f"{y}年{m}月{d}日",
        f"{y}年{m:02}月{d:02}日前",
        f"{y}.{m}.{d}",
        f"{y}-{m:02}-{d:02}",
        f"{y}/{m}/{d}前",
        f"{y}{m:02}{d:02}",
        f"≤{y}年{m}月{d}日",
        f"截至{y}年{m}月{d}日",
        f"{y}年{m}月{d}日之前完成",
        f"{y}-{m:02}-{d:02} 00:00:00",
    ]
    of_the_month = [
        f"{y}年{m}月",
        f"{y}年{m}月底前",
        f"{y}年{m}月前",
        f"={y}年{m}月",
        f"{y}年{m}月底前完成",
        f"{y}年{m}月份",
        f"{y}年{CHINESE_MONTHS[m - 1]}月底前",
        f"{y} 年 {m} 月底",
    ]
    dates = [(text, date) for text in of_the_day] + [(text, end) for text in of_the_month]
    dates += [
        (f"{y}年{m}月中旬", dt.date(y, m, 20)),
        (f"{y}年{m}月上旬前", dt.date(y, m, 10)),
        (f"{y}年{m}月下旬", end),
    ]
    if y == year:
        dates += [
            (f"{m}月{d}日前", date),
            (f"{m}月{d}日之前", date),
            (f"{m}月底前", end),
            (f"≤{m}月", end),
            (f"={m}月", end),
            (f"{CHINESE_MONTHS[m - 1]}月底前完成", end),
            (f"当年{m}月底前", end),
        ]
        quarter, half = (m + 2) // 3, (m + 5) // 6
        dates += [
            (f"第{'一二三四'[quarter - 1]}季度", _month_end(y, quarter * 3)),
            (f"{'上下'[half - 1]}半年", _month_end(y, half * 6)),
        ]
    return dates  # fmt: skip


@settings(BATCHES, max_examples=25)
@given(st.integers(2010, 2035), st.lists(st.dates(dt.date(2009, 1, 1), dt.date(2036, 12, 31)), min_size=1, max_size=10))
def test_every_date_comes_back(year: int, dates: list[dt.date]) -> None:
    within = [date.replace(year=year) if date.day < 29 else date for date in dates]
    printed = [pair for date in [*dates, *within] for pair in printed_dates(year, date)]
    frame, _ = typed([text for text, _ in printed], year)
    read = frame.select("target_kind", "starts_on", "due_on").rows()
    wrong = [(text, got) for (text, due), got in zip(printed, read, strict=True) if got != ("deadline", None, due)]
    assert wrong == []


@settings(BATCHES, max_examples=15)
@given(
    st.integers(2012, 2030),
    st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True).map(sorted),
    st.lists(st.tuples(operators.filter(lambda op: op in {"=", ">="}), st.integers(1, 100)), min_size=4, max_size=4),
    st.sampled_from(["，", "；", "、", ",", "\n"]),
    st.sampled_from(["{}月底前完成{}", "{}月底{}", "{}月底前达到{}", "截至{}月底{}"]),
)
def test_every_milestone_comes_back(
    year: int, months: list[int], levels: list[tuple[str, int]], separator: str, style: str
) -> None:
    steps = list(zip(months, levels, strict=False))
    text = separator.join(style.format(m, f"{n}%以上" if op == ">=" else f"{n}%") for m, (op, n) in steps)
    frame, milestones = typed([text], year)
    assert frame["target_kind"].to_list() == ["milestones"]
    assert milestones.select("step_no", "due_on", "operator", "target_value", "unit").rows() == [
        (i, _month_end(year, m), op, Decimal(n), "%") for i, (m, (op, n)) in enumerate(steps, 1)
    ]


# Characters that the readers of values act on, so that random texts come near to every rule.
NEAR = (
    "0123456789.,，。；、%‰≥≤><=＞＜〉》~±-—+/（）()*□ \n\t年月日号底前内上下半旬季度中末初至到每按"
    "次个万亿千百元人天周时分一二三十两半约近不超过低于少高大等以左右完成无优良"
)


def _consistent(row: dict) -> bool:
    """Return whether a typed row is whole: each kind has its fields and no others."""
    filled = {name for name in TYPED if row[name] is not None and name != "number_not_understood"}
    number = {"target_kind", "operator", "target_value", "unit", "base_value", "base_unit"}
    match row["target_kind"]:
        case "numeric":
            return filled in (number, number | {"target_value_max", "base_value_max"})
        case "deadline":
            return filled in ({"target_kind", "due_on"}, {"target_kind", "due_on", "starts_on"})
        case "milestones":
            return filled == {"target_kind"}
        case "frequency" | "qualitative":
            return filled == {"target_kind", "target_text"}
        case _:
            return not filled


@settings(BATCHES, max_examples=50)
@given(st.lists(st.one_of(st.text(max_size=40), st.text(alphabet=NEAR, max_size=20)), min_size=1, max_size=60))
def test_nothing_raises_and_nothing_is_lost(texts: list[str]) -> None:
    frame, milestones = typed(texts)
    assert frame["value_raw"].to_list() == texts
    rows = frame.rows(named=True)
    assert [row["value_raw"] for row in rows if not _consistent(row)] == []
    assert set(milestones["value_index"]) == {n for n, row in enumerate(rows) if row["target_kind"] == "milestones"}


@settings(BATCHES, max_examples=15)
@given(
    st.lists(st.one_of(st.text(alphabet=NEAR, max_size=16), quantities().map(lambda q: q[0])), min_size=2, max_size=40),
    st.randoms(use_true_random=False),
)
def test_a_values_meaning_depends_on_nothing_but_itself(texts: list[str], random: Random) -> None:
    frame, _ = typed(texts)
    shuffled = random.sample(range(len(texts)), len(texts))
    again, _ = typed([texts[n] for n in shuffled])
    alone = [typed([texts[n]])[0].row(0) for n in shuffled[:3]]
    assert again.rows() == [frame.row(n) for n in shuffled]
    assert alone == again.head(3).rows()


DIGITS = [*"0123456789", "12", "24", "110", "985", "1949", "2023", "12345", "0.5", "1.25", "9999999"]
AROUND = (
    ["", "≥", "约", "不超过", "全市", "第", "前", "每", "-", "百分之", "12345热线", "排名前", "确保一次", "≥第"],
    [
        "",
        "%",
        "个",
        "批次",
        "万元",
        "万亿元",
        "小时",
        "以上",
        "热线",
        "工程",
        "级",
        "个半小时",
        "后",
        "岁以上老人",
        "次/3年",
    ],
)


@settings(BATCHES, max_examples=10)
@given(
    st.lists(st.tuples(*(st.sampled_from(words) for words in AROUND)), min_size=1, max_size=20, unique=True),
    st.sampled_from([None, "≥", "定性"]),
    st.sampled_from([None, "%", "万元", "月"]),
    st.sampled_from([None, "时效指标"]),
)
def test_values_that_differ_in_their_digits_alone_are_read_as_if_each_were_alone(
    around: list[tuple[str, str]], operator: str | None, unit: str | None, level: str | None
) -> None:
    said = {"operator_raw": operator, "unit_raw": unit, "fiscal_year": 2023, "level2": level}
    kinds = {name: pl.Int32 if name == "fiscal_year" else pl.String for name in ("value_raw", *said)}
    apart = [[said | {"value_raw": f"{before}{digits}{after}"} for before, after in around] for digits in DIGITS]
    together, _ = type_values(pl.DataFrame([row for rows in apart for row in rows], schema=kinds))
    assert together.rows() == [row for rows in apart for row in type_values(pl.DataFrame(rows, schema=kinds))[0].rows()]
