"""The report that every release carries: its figures are the marts', and nothing in it comes from outside."""

import html
import re
from pathlib import Path

import duckdb
import pytest

from orchestration import figures, release, report
from orchestration.book import Book
from orchestration.display import Display
from orchestration.release import Release
from tests.serving.conftest import LOOSENED, variant


@pytest.fixture
def text(released: Release) -> str:
    return (released.folder / report.FILE).read_text("utf-8")


def words(page: str) -> str:
    """Return what a reader sees, on one line."""
    body = re.sub(r"<(style|title)>.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_it_is_sealed_with_the_release(released: Release) -> None:
    assert report.FILE in released.manifest["files"]
    assert release.verify(released) == []


def test_its_figures_are_those_of_the_latest_year(released: Release, text: str) -> None:
    with duckdb.connect(str(released.database), read_only=True) as marts:
        money, projects = marts.sql(
            "select sum(total_yuan), count(distinct project_id) from marts.fct_declaration where fiscal_year = 2024"
        ).fetchall()[0]
        indicators, numbers = marts.sql(
            "select count(*), count(*) filter (where target_kind = 'numeric') from marts.fct_indicator_target"
            " where fiscal_year = 2024"
        ).fetchall()[0]
    said = words(text)
    assert f"{projects} 个项目申报预算 {money / 10**8:.2f} 亿元" in said
    assert f"{projects} projects of" in said
    assert f"¥{money / 10**6:.2f} m".replace(".00 m", " m") in said
    assert f"{round(100 * numbers / indicators, 1):g}% 有具体数值" in said
    assert f"{LOOSENED} 项放宽" in said
    assert f"{LOOSENED} were loosened" in said


def test_the_findings_shown_weigh_most(released: Release, tmp_path: Path) -> None:
    weighed = variant(released, tmp_path, 1)
    with duckdb.connect(str(weighed.database)) as connection:
        connection.execute("use marts")
        connection.execute(
            "update dim_quality_rule set weight = 1 + n // 3 from"
            " (select rule_id, row_number() over (order by rule_id) as n from dim_quality_rule) as numbered"
            " where dim_quality_rule.rule_id = numbered.rule_id"
        )
        connection.execute(
            "update fct_declaration set total_yuan = case when line_start % 3 > 0 then line_start % 100 end"
        )
        found = connection.sql(
            "select r.weight, coalesce(d.total_yuan, -1), f.finding_key, f.rule_id, f.message_zh"
            " from fct_quality_finding as f join dim_quality_rule as r using (rule_id)"
            " join fct_declaration as d using (declaration_key) where d.fiscal_year = 2024"
        ).fetchall()
    of_rule: dict[str, int] = {}
    expected, weights = [], []
    for weight, _, _, rule, message in sorted(found, key=lambda row: (-row[0], -row[1], row[2])):
        of_rule[rule] = of_rule.get(rule, 0) + 1
        if of_rule[rule] <= 2:
            expected.append((rule, message))
            weights.append(weight)
    assert weights[0] > weights[11] > weights[-1], "rules of several weights are shown, and some are not"
    text = report.write(weighed.folder, {}).read_text("utf-8")
    chinese = text[: text.index('<article lang="en">')]
    shown = re.findall(r'<span class="tag \w+">\w+</span></td><td><b>(\w+) .*?</b><br>(.*?)</td>', chinese)
    assert [(rule, html.unescape(message)) for rule, message in shown] == expected[:12]


@pytest.mark.parametrize("year", [None, 2023])
def test_charts_of_whole_years_are_those_of_their_declarations(released: Release, year: int | None) -> None:
    every = "select * from fct_declaration"
    chosen = f"{every} where fiscal_year = {year}" if year else every
    book = Book(released)
    try:
        counted, joined = (
            figures.Figures(Display("zh"), book.ask, chosen, lambda **_: "", every, year, whole=whole).all()
            for whole in (True, False)
        )
    finally:
        book.close()
    assert counted == joined
    assert all(figure.drawing for figure in counted)


def test_nothing_comes_from_outside(text: str) -> None:
    assert not re.search(r"<(script|link|iframe|object|embed|img)\b", text)
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", text)
    assert "@import" not in text


def test_what_a_document_prints_is_only_text(released: Release, tmp_path: Path) -> None:
    odd = variant(released, tmp_path, 1)
    with duckdb.connect(str(odd.database)) as connection:
        connection.execute("update marts.fct_declaration set project_name = '<script>alert(1)</script>'")
    page = report.write(odd.folder, {}).read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_release_without_declarations_has_a_report_too(released: Release, tmp_path: Path) -> None:
    empty = variant(released, tmp_path, 1)
    with duckdb.connect(str(empty.database)) as connection:
        for table in ("fct_declaration", "fct_indicator_target", "fct_quality_finding", "fct_project_change"):
            connection.execute(f"delete from marts.{table}")
    assert "没有注明年度的申报表" in report.write(empty.folder, {}).read_text("utf-8")


def test_what_changed_since_the_release_before(released: Release, tmp_path: Path) -> None:
    copy = variant(released, tmp_path, 1)
    change = {"rows_before": 1, "rows_after": 1, "rows_added": 4321, "rows_removed": 0, "rows_changed": 0}
    manifest = {"previous": "before", "changes": {"tables": {"fct_declaration": change}}}
    assert "fct_declaration 4,321 0 0" in words(report.write(copy.folder, manifest).read_text("utf-8"))
    assert "数据与上一版本一致" in report.write(
        copy.folder, {"previous": "before", "changes": {"tables": {}}}
    ).read_text("utf-8")
