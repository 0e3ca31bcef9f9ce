"""The explorer over HTTP: figures recomputed, filters, search, source lines, downloads."""

import html
import io
import re
from pathlib import Path
from urllib.parse import quote

import duckdb
import openpyxl
import polars as pl
import pytest
from starlette.testclient import TestClient

from orchestration import display, metrics, release
from orchestration.book import Book
from orchestration.explorer import app, listing, pinyin
from orchestration.explorer.filters import Filters
from orchestration.home import Home
from orchestration.release import Release
from tests.serving.conftest import LOOSENED, SAMPLE_TEXT, variant
from tests.serving.test_metrics import by_hand


def count(marts: duckdb.DuckDBPyConnection, question: str) -> int:
    return marts.execute(f"select count(*) from {question}").fetchall()[0][0]


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def rows_found(page: str) -> int:
    found = re.search(r"共 ([\d,]+) 行", page)
    return int(found[1].replace(",", "")) if found else 0


def shown(name: str, value: object) -> str:
    """Return a metric's value as a Chinese page shows it."""
    return display.Display("zh").figure(value, metrics.catalogue()[name].unit)


def tiles(page: str) -> dict[str, tuple[str, ...]]:
    """Return label, figure and figure before of each tile."""
    found = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>(?:<dd class=\"before\">([^<]*)</dd>)?", page)
    return {html.unescape(label): figures for label, *figures in found}


def test_the_headlines_are_those_of_the_marts(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    now, before = by_hand(marts, 2024), by_hand(marts, 2023)
    found = tiles(client.get("/", params={"year": 2024}).text)
    assert len(found) == 9
    names = {metric.label_zh: name for name, metric in metrics.catalogue().items()}
    for label, (figure, compared) in found.items():
        name = names[label]
        assert figure == shown(name, now[name]), name
        assert compared == f"2023: {shown(name, before[name])}", name


def test_charts_by_year_show_every_year_whatever_year_is_chosen(
    client: TestClient, marts: duckdb.DuckDBPyConnection
) -> None:
    page = text_of(client.get("/", params={"year": 2023}).text)
    budgets = dict(marts.execute("select fiscal_year, sum(total_yuan) from fct_declaration group by 1").fetchall())
    for year, budget in budgets.items():
        assert re.search(rf"{year}\s+{shown('budget', budget)}", page), year
    most = marts.execute(
        "select sum(b) filter (where n <= 3) / sum(b) from (select sum(total_yuan) as b,"
        " row_number() over (order by sum(total_yuan) desc) as n from fct_declaration where fiscal_year = 2023"
        " group by department_name)"
    ).fetchall()[0][0]
    assert f"前 3 个部门占 {display.Display('zh').share(most)}" in page


def test_the_bars_of_money_targets_and_findings_are_those_of_the_marts(
    client: TestClient, marts: duckdb.DuckDBPyConnection
) -> None:
    page = client.get("/", params={"attribute": "经常性项目"}).text
    page = text_of(re.sub(r"(?s)<svg.*?</svg>", "", page))
    chosen = "(from fct_declaration where project_attribute = '经常性项目')"
    chinese = display.Display("zh")
    funded = marts.execute(
        f"select name_zh, sum(amount_yuan) as yuan, yuan / sum(yuan) over () from {chosen} join fct_project_funding"
        " using (declaration_key) join dim_funding_source using (funding_source) where amount_yuan > 0 group by 1"
    ).fetchall()
    targets = marts.execute(
        "select harmonised_level2, count(*), avg((coalesce(target_kind, 'qualitative') <> 'qualitative')::int)"
        f" from {chosen} join fct_indicator_target using (declaration_key) join dim_indicator_category using (category_key)"
        " group by 1"
    ).fetchall()
    hits = marts.execute(
        f"select rule_id || ' ' || title_zh, count(*) from {chosen} join fct_quality_finding using (declaration_key)"
        " join dim_quality_rule using (rule_id) group by 1, weight order by weight desc, 2 desc, 1 limit 12"
    ).fetchall()
    bars = [(name, f"{chinese.money(yuan)} · {chinese.share(share)}") for name, yuan, share in funded]
    bars += [(name, f"{chinese.share(share)} / {chinese.number(n)}") for name, n, share in targets]
    bars += [(name, chinese.number(n)) for name, n in hits]
    assert len(bars) > 15
    for name, figure in bars:
        assert re.search(rf"{re.escape(name)}\s+{re.escape(figure)}\s", page), (name, figure)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": "2023"}, "fct_declaration where fiscal_year = 2023"),
        ({"region": "450200"}, "fct_declaration where region_code = '450200'"),
        ({"region": "450000"}, "fct_declaration where region_code like '45%'"),
        ({"department": "公安局"}, "fct_declaration where department_name like '%公安局%'"),
        ({"department": "柳州市公安局"}, "fct_declaration where department_name = '柳州市公安局'"),
        ({"department": "gaj"}, "fct_declaration where department_name like '%公安局%'"),
        ({"attribute": "经常性项目"}, "fct_declaration where project_attribute = '经常性项目'"),
        ({"form": "self_evaluation"}, "fct_declaration where form_type = 'self_evaluation'"),
        (
            {"source": "other"},
            "fct_declaration semi join (from fct_project_funding where funding_source = 'other' and amount_yuan > 0)"
            " using (declaration_key)",
        ),
        (
            {"category": "可持续影响指标"},
            "fct_declaration semi join (from fct_indicator_target join dim_indicator_category using (category_key)"
            " where harmonised_level2 = '可持续影响指标') using (declaration_key)",
        ),
        (
            {"rule": "Y1"},
            "fct_declaration semi join (from fct_quality_finding where rule_id = 'Y1') using (declaration_key)",
        ),
        (
            {"severity": "warning", "year": "2022"},
            "fct_declaration semi join (from fct_quality_finding where severity = 'warning') using (declaration_key)"
            " where fiscal_year = 2022",
        ),
        ({"year": "no number"}, "fct_declaration"),
        ({"unknown": "x"}, "fct_declaration"),
    ],
)
def test_filters(client: TestClient, marts: duckdb.DuckDBPyConnection, filters: dict[str, str], expected: str) -> None:
    assert rows_found(client.get("/projects", params=filters).text) == count(marts, expected)


@pytest.mark.parametrize(
    ("page", "filters", "expected"),
    [
        (
            "/indicators",
            {"q": "满意度"},
            "fct_indicator_target where content like '%满意度%' or value_raw like '%满意度%'",
        ),
        (
            "/indicators",
            {"category": "成本指标"},
            "fct_indicator_target join dim_indicator_category using (category_key)"
            " where harmonised_level2 = '成本指标'",
        ),
        ("/findings", {"rule": "Y1"}, "fct_quality_finding where rule_id = 'Y1'"),
        (
            "/findings",
            {"severity": "info", "year": "2024"},
            "fct_quality_finding where severity = 'info' and fiscal_year = 2024",
        ),
        ("/changes", {}, "fct_indicator_change where target_change is distinct from 'unchanged'"),
        ("/moves", {"year": "2024"}, "fct_project_change where fiscal_year = 2024 and presence <> 'first_year'"),
        ("/departments", {}, "(select distinct department_id from fct_declaration where department_id is not null)"),
    ],
)
def test_lists(
    client: TestClient, marts: duckdb.DuckDBPyConnection, page: str, filters: dict[str, str], expected: str
) -> None:
    assert rows_found(client.get(page, params=filters).text) == count(marts, expected)


@pytest.mark.parametrize("sort", ["", "-fiscal_year", "score"])
@pytest.mark.parametrize("given", [{}, {"q": "满意度"}, {"q": "md", "severity": "info"}])
@pytest.mark.parametrize("name", listing.listings())
def test_the_pages_of_a_list_are_its_rows_in_order(
    released: Release, monkeypatch: pytest.MonkeyPatch, name: str, given: dict[str, str], sort: str
) -> None:
    monkeypatch.setattr(listing, "PAGE", 7)
    book, found, filters = Book(released), listing.listings()[name], Filters(given)
    query = found.query(filters, found.chosen(filters))
    rows = book.ask(f"{query.sql} order by {found.ordered(sort)}", query.parameters)
    pages = [listing.page(book, found, filters, sort, number) for number in (1, 2, 3)]
    assert {page.total for page in pages} == {len(rows)}
    shown = [row for page in {page.number: page for page in pages}.values() for row in page.rows]
    assert shown == rows[: len(shown)]
    assert len(shown) == min(21, len(rows))
    book.close()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ""),
        ("-score", "score desc nulls last,"),
        ("rules_hit", "rules_hit nulls last,"),
        ("total_yuan", "total_yuan,"),
    ],
)
def test_projects_come_in_the_order_that_is_asked_for_page_by_page(
    client: TestClient, marts: duckdb.DuckDBPyConnection, sort: str, order: str
) -> None:
    expected = marts.execute(
        "select declaration_key from fct_declaration as d left join"
        " (select declaration_key, score, rules_hit from fct_declaration_score) using (declaration_key)"
        f" order by {order} fiscal_year desc nulls last, total_yuan desc nulls last, declaration_key"
    ).fetchall()
    pages = [client.get("/projects", params={"sort": sort, "page": page}).text for page in (1, 2)]
    assert [key for page in pages for key in re.findall(r"declaration=(\w+)", page)] == [key for (key,) in expected]


def test_search_finds_words_in_names_goals_and_indicators(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    for word in ("园区", "艾滋病", "≥238人"):
        expected = count(
            marts,
            "fct_declaration as d"
            f" where concat_ws(' ', project_name, annual_goal, unit_name, department_name) like '%{word}%'"
            f" or exists (from fct_indicator_target as i where i.declaration_key = d.declaration_key"
            f" and concat_ws(' ', content, value_raw) like '%{word}%')",
        )
        assert rows_found(client.get("/projects", params={"q": word}).text) == expected > 0, word
    both = rows_found(client.get("/projects", params={"q": "公安局 交通"}).text)
    assert 0 < both < rows_found(client.get("/projects", params={"q": "公安局"}).text)


def test_a_search_says_where_it_was_found(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    page = client.get("/projects", params={"q": "满意度", "year": 2023}).text
    found = re.findall(r'class="snippet">(.*?)</small>', page)
    assert len(found) == rows_found(page), "no name holds it, every row says which text does"
    assert all("<mark>满意度</mark>" in snippet for snippet in found)
    assert "<mark>公安</mark>" in client.get("/projects", params={"q": "公安"}).text
    assert 'class="snippet"' not in client.get("/departments", params={"q": "满意度"}).text


def test_pinyin_initials_know_every_reading() -> None:
    assert re.search(pinyin.pattern("cqyh") or "", "重庆银行")
    assert re.search(pinyin.pattern("zqyx") or "", "重庆银行")
    assert re.search(pinyin.pattern("GA") or "", "柳州市公安局")
    assert re.search(pinyin.pattern("gdp") or "", "人均GDP增长")
    assert not re.search(pinyin.pattern("xyz") or "", "柳州市公安局")
    assert pinyin.pattern("公安") is None
    assert pinyin.pattern("a.*") is None


def test_a_project_shows_its_years_side_by_side(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    project_id, declaration_key = marts.execute(
        "select d.project_id, d.declaration_key from fct_indicator_change"
        " inner join fct_declaration as d using (declaration_key)"
        " where target_change = 'loosened' limit 1"
    ).fetchall()[0]
    page = client.get(f"/project/{project_id}").text
    assert [year for year in ("2022", "2023", "2024") if f">{year}</a>" in page] == ["2022", "2023", "2024"]
    for value_raw, line_no in marts.execute(
        "select value_raw, line_no from fct_indicator_target where declaration_key = ?", [declaration_key]
    ).fetchall():
        assert html.escape(value_raw) in page
        assert f'href="#l{line_no}"' in page
        assert f'id="l{line_no}"' in page
    compared = re.search(
        r"<tr[^>]*>(?:(?!</tr>).)*≥90%(?:(?!</tr>).)*≥90%(?:(?!</tr>).)*≥80%(?:(?!</tr>).)*放宽", page, re.S
    )
    assert compared, "one row holds the indicator of all three years, and says that it was loosened"


def test_a_projects_figures_are_those_of_the_marts(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    project_id, key, before = marts.execute(
        "select project_id, declaration_key, previous_declaration_key from fct_project_change"
        " where fiscal_year = 2024 and presence = 'continued' order by 1 limit 1"
    ).fetchall()[0]
    found = tiles(client.get(f"/project/{project_id}").text)
    for place, declaration in enumerate((key, before)):
        money, indicators, score = marts.execute(
            "select total_yuan, indicator_count, score from fct_declaration join fct_declaration_score"
            " using (declaration_key) where declaration_key = ?",
            [declaration],
        ).fetchall()[0]
        hits = count(marts, f"fct_quality_finding where declaration_key = '{declaration}'")
        for label, expected in {
            "预算": shown("budget", money),
            "指标": shown("indicators", indicators),
            "质量发现": shown("findings", hits),
            "平均得分": shown("mean_score", score),
        }.items():
            assert found[label][place].removeprefix("2023: ") == expected, label


def test_a_project_and_a_department_can_be_downloaded(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    project_id, department_id = marts.execute(
        "select project_id, department_id from fct_declaration limit 1"
    ).fetchall()[0]
    for page, column, key in (("project", "project_id", project_id), ("department", "department_id", department_id)):
        links = re.findall(r'href="(/download/[^"]+)"', client.get(f"/{page}/{key}").text)
        assert len(links) == 15
        chosen = f"(select declaration_key from fct_declaration where {column} = '{key}')"
        for name, table in (("indicators", "fct_indicator_target"), ("findings", "fct_quality_finding")):
            link = next(link for link in links if f"{name}.parquet" in link)
            rows = pl.read_parquet(io.BytesIO(client.get(html.unescape(link)).content))
            assert rows.height == count(marts, f"{table} semi join {chosen} using (declaration_key)") > 0


def test_a_project_comes_as_a_workbook_of_its_forms(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    project_id, name, years = marts.execute(
        "select project_id, max(project_name), count(*) from fct_declaration group by 1 order by 3 desc, 1 limit 1"
    ).fetchall()[0]
    links = re.findall(r'href="(/workbook.xlsx[^"]+)"', client.get(f"/project/{project_id}").text)
    book = openpyxl.load_workbook(io.BytesIO(client.get(html.unescape(links[0])).content))
    forms = [sheet for sheet in book if any(cell.value == name for row in sheet.iter_rows(max_row=12) for cell in row)]
    assert len(forms) >= years > 1
    refused = client.get("/workbook.xlsx", params={"q": "nothing has this name"})
    assert refused.status_code == 400
    assert "没有选中任何申报表" in refused.text


def test_every_indicator_leads_to_its_line(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    lines = SAMPLE_TEXT.read_text("utf-8").split("\n")
    document_id = marts.execute("select document_id from dim_document where fiscal_year = 2023").fetchall()[0][0]
    for content, line_no in marts.execute(
        "select content, line_no from fct_indicator_target where document_id = ? using sample 12", [document_id]
    ).fetchall():
        page = client.get(f"/document/{document_id}", params={"table": 0, "line": line_no}).text
        marked = re.findall(r"<mark>(.*?)</mark>", page, re.S)
        assert [html.unescape(mark) for mark in marked] == [lines[line_no - 1].rstrip("\r")]
        assert content in html.unescape(marked[0]) or content.replace(" ", "") in lines[line_no - 1].replace(" ", "")


def test_a_department_shows_its_years(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    department_id, name = marts.execute(
        "select department_id, department_name from fct_declaration limit 1"
    ).fetchall()[0]
    page = text_of(client.get(f"/department/{department_id}").text)
    assert name in page
    for (project_name,) in marts.execute(
        "select project_name from fct_declaration where department_id = ?", [department_id]
    ).fetchall():
        assert project_name in page
    for year, money, declared in marts.execute(
        "select fiscal_year, sum(total_yuan), count(*) from fct_declaration where department_id = ? group by 1",
        [department_id],
    ).fetchall():
        assert shown("budget", money) in page, year
        assert re.search(rf"申报表\s+(\d+\s+)*{declared}\b", page), year


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_in_both_languages(client: TestClient, marts: duckdb.DuckDBPyConnection, language: str) -> None:
    project, department, document = marts.execute(
        "select project_id, department_id, document_id from fct_declaration limit 1"
    ).fetchall()[0]
    lists = ("", "projects", "departments", "indicators", "findings", "moves", "changes", "rules", "about")
    for page in (*lists, f"project/{project}", f"department/{department}", f"document/{document}"):
        answer = client.get(f"/{page}", params={"lang": language})
        assert answer.status_code == 200, page
        assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text
        assert ("Overview" in answer.text) == (language == "en"), page


def test_every_word_that_a_page_uses_is_there() -> None:
    folder = Path(app.__file__).parents[1]
    used = {
        key
        for file in [*(folder / "explorer" / "templates").glob("*.html"), folder / "report" / "report.html"]
        for key in re.findall(r"\bt\('(\w+)'", file.read_text("utf-8"))
    }
    assert used <= set(display.words())
    assert all(set(entry) == {"zh", "en"} for entry in display.words().values())


def test_downloads_hold_every_row(client: TestClient, marts: duckdb.DuckDBPyConnection) -> None:
    expected = count(marts, "fct_indicator_target where content like '%满意度%'")
    address = f"q={quote('满意度')}"
    parquet = pl.read_parquet(io.BytesIO(client.get(f"/download/indicators.parquet?{address}").content))
    csv = pl.read_csv(io.BytesIO(client.get(f"/download/indicators.csv?{address}").content))
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/download/indicators.xlsx?{address}").content)).active
    assert sheet is not None
    assert parquet.height == csv.height == sheet.max_row - 1 == expected
    assert csv["指标内容"].to_list() == parquet["content"].to_list()
    assert [cell.value for cell in sheet[1]] == csv.columns


def test_the_next_page_reads_the_release_that_is_served_now(home: Home, released: Release, client: TestClient) -> None:
    assert released.release_id in client.get("/about").text
    newer = variant(released, home.releases, 7)
    try:
        release.serve(home, newer)
        assert newer.release_id in client.get("/about").text
        assert "525 元" in text_of(client.get("/").text), "75 declarations of 7 yuan each"
    finally:
        release.serve(home, released)
    assert released.release_id in client.get("/about").text


def test_the_loosened_targets_are_on_the_first_page(client: TestClient) -> None:
    page = text_of(client.get("/", params={"year": 2024}).text)
    assert len(re.findall(r"2023\s+≥90%\s+2024\s+≥80%", page)) == LOOSENED
