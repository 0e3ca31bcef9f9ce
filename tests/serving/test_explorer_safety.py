"""The explorer refuses what it should: what is typed, printed or asked for does nothing but what pages are for."""

import re
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from starlette.testclient import TestClient

from orchestration import release
from orchestration.explorer import app, export, project, snippets
from orchestration.home import Home
from orchestration.release import Release
from tests.serving.conftest import variant


def test_what_is_marked_is_escaped() -> None:
    assert snippets.marked("<b>公安局</b> & co", ["公安", "co"]) == (
        "&lt;b&gt;<mark>公安</mark>局&lt;/b&gt; &amp; <mark>co</mark>"
    )


@pytest.mark.parametrize(
    "attack", ["' or 1=1 --", "<script>alert(1)</script>", "%%%", "\\", "$word0", "🙂", "a" * 5000]
)
def test_what_is_typed_is_only_text(client: TestClient, attack: str) -> None:
    for page in ("/", "/projects", "/indicators", "/findings", "/changes"):
        answer = client.get(page, params={"q": attack, "department": attack, "attribute": attack, "sort": attack})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_highlighting_escapes_the_document() -> None:
    marked = project.highlighted("<b>人数</b>\t≥3 & more", "人数", "≥3", None, "")
    assert marked == "&lt;b&gt;<mark>人数</mark>&lt;/b&gt;\t<mark>≥3</mark> &amp; more"


def test_the_language_is_remembered_and_never_leads_away(client: TestClient) -> None:
    answer = client.get("/language/en", params={"back": "/projects?year=2023"}, follow_redirects=False)
    assert answer.headers["location"] == "/projects?year=2023"
    assert "Overview" in client.get("/").text
    for elsewhere in ("https://example.org", "//example.org", "/\\example.org", "javascript:alert(1)"):
        answer = client.get("/language/zh", params={"back": elsewhere}, follow_redirects=False)
        assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "page",
    [
        "/nothing",
        "/project/x",
        "/department/x",
        "/document/x",
        "/download/projects.exe",
        "/download/x.csv",
        "/language/fr",
    ],
)
def test_what_is_not_there(client: TestClient, page: str) -> None:
    assert client.get(page).status_code == 404


def test_headers_and_hosts(client: TestClient, home: Home) -> None:
    for page in ("/", "/static/style.css", "/nothing", "/download/projects.csv"):
        headers = client.get(page).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    rebound = TestClient(app.build(home), base_url="http://evil.example")
    assert rebound.get("/").status_code == 400


def test_formulas_in_downloads_are_neutralised(tmp_path: Path) -> None:
    texts = ["=1+1", "+86", "-5", "@sum(a1)", "\tx", "\r=1", "公安", "", None, "a=b"]
    rows = pl.DataFrame({"text": texts, "number": list(range(len(texts)))}).to_arrow(
        compat_level=pl.CompatLevel.oldest()
    )
    for kind in ("csv", "xlsx"):
        file = tmp_path / f"list.{kind}"
        export.write(file, kind, rows.cast(_plain(rows.schema)).to_reader(), ["文本", "数"])
    import csv

    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = [row[0] for row in csv.reader(stream)][1:]
    assert written == ["'=1+1", "'+86", "'-5", "'@sum(a1)", "'\tx", "'\r=1", "公安", "", "", "a=b"]
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells[:4]] == ["'=1+1", "'+86", "'-5", "'@sum(a1)"]
    assert all(cell.data_type != "f" for cell in cells)


def _plain(schema):
    import pyarrow as pa

    return pa.schema(
        [pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type) for field in schema]
    )


def test_what_documents_print_is_only_text(home: Home, released: Release, client: TestClient) -> None:
    attack = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{7*7}}"""
    printed = {
        "fct_declaration": ("project_name", "department_name", "unit_name", "annual_goal", "project_attribute"),
        "fct_indicator_target": ("content", "value_raw"),
        "fct_indicator_change": ("content", "previous_content", "value_raw", "previous_value_raw"),
        "fct_project_change": ("project_name", "department_name"),
        "fct_quality_finding": ("message_zh", "message_en", "evidence"),
        "source_line": ("raw_text",),
        "dim_document": ("file_name",),
    }
    hostile = variant(released, home.releases, 8)
    with duckdb.connect(str(hostile.database)) as connection:
        connection.execute("use marts")
        for table, columns in printed.items():
            connection.execute(
                f"update {table} set {', '.join(f'{column} = $attack' for column in columns)}", {"attack": attack}
            )
        project, department, document = connection.execute(
            "select project_id, department_id, document_id from fct_declaration limit 1"
        ).fetchall()[0]
    lists = (
        "",
        "projects?q=alert",
        "departments",
        "indicators?q=script",
        "findings",
        "moves",
        "changes?q=img",
        "about",
    )
    try:
        release.serve(home, hostile)
        for page in (*lists, f"project/{project}", f"department/{department}", f"document/{document}?line=3"):
            answer = client.get(f"/{page}")
            assert answer.status_code == 200, page
            assert "onerror" in answer.text, f"{page} shows what was printed"
            assert not re.search(r"<script>|<img", answer.text.replace("<mark>", "").replace("</mark>", "")), page
            assert "49" not in re.findall(r"alert\(1\)&gt;(.{4})", answer.text), page
    finally:
        release.serve(home, released)
