"""The explorer and the report in a real browser: the ways people take, by mouse and by keyboard, and nothing from outside."""

import re
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from orchestration.explorer import app
from orchestration.home import Home
from orchestration.release import Release

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("No Chromium: apt-get install chromium", allow_module_level=True)


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app.build(home), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that may reach this server only, and whose console stays quiet."""
    context = browser.new_context(locale="zh-CN", base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:")) else complaints.append(request.url),
    )
    yield opened
    context.close()
    assert complaints == []


def test_from_the_first_page_to_the_line_of_the_document(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("钱用在哪里")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("myd")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("项目")
    page.get_by_role("navigation", name="导航").get_by_role("link", name="指标", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text("满意")
    page.locator("tbody tr").first.locator("td").nth(1).get_by_role("link").click()
    expect(page.get_by_text("各年度对照")).to_be_visible()
    page.locator(".to-line").first.click()
    expect(page.locator("tr:target, tr.here").first).to_be_in_viewport()
    expect(page.locator("tr:target mark, tr.here mark").first).to_be_visible()


def test_a_filter_by_keyboard_changes_the_page_without_a_load(page: Page) -> None:
    page.goto("/projects")
    page.evaluate("window.stayed = true")
    page.get_by_label("年度", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"year=2024"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("共 25 行")
    assert page.evaluate("window.stayed")
    expect(page.get_by_label("年度", exact=True)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("共 75 行")


def test_a_chip_takes_its_filter_away(page: Page) -> None:
    page.goto("/findings?year=2024&severity=warning")
    page.get_by_role("link", name="取消筛选：严重程度 警告").click()
    expect(page).to_have_url(re.compile(r"year=2024$"))
    expect(page.get_by_label("年度", exact=True)).to_have_value("2024")


def test_a_search_shows_where_it_was_found(page: Page) -> None:
    page.goto("/projects?q=满意度")
    expect(page.locator(".snippet mark").first).to_have_text("满意度")


def test_from_a_department_to_a_finding_in_the_text(page: Page) -> None:
    page.goto("/departments")
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.get_by_text("各年度预算")).to_be_visible()
    page.get_by_role("region", name="项目").locator("tbody tr").first.get_by_role("link").first.click()
    flag = page.locator(".source .flag a").first
    rule = (flag.inner_text()).split()[0]
    flag.click()
    expect(page.locator(".finding:target")).to_contain_text(rule)
    expect(page.locator(".finding:target")).to_be_in_viewport()


def test_a_phone_shows_what_matters(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/projects?year=2024")
    expect(page.get_by_role("columnheader", name="项目名称")).to_be_visible()
    expect(page.get_by_role("columnheader", name="项目编码")).to_be_hidden()
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.locator(".sides thead .current")).to_be_in_viewport()


def test_a_dark_screen_can_be_read(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark", locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    ink, ground = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert contrast(ink, ground) > 7
    soft, paper = (
        page.evaluate(f"getComputedStyle(document.querySelector('.tiles {place}')).{name}")
        for place, name in (("dt", "color"), ("div", "backgroundColor"))
    )
    assert contrast(soft, paper) > 4.5
    context.close()


def contrast(*colours: str) -> float:
    """Return the contrast of two CSS colours as WCAG 2 defines it."""
    lights = []
    for colour in colours:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_filters_work_without_any_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/findings")
    page.get_by_label("严重程度").select_option("warning")
    page.get_by_role("button", name="应用").click()
    assert "severity=warning" in page.url
    expect(page.locator("td.severity").first).to_have_text("警告")
    context.close()


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    for path in ("/", "/projects", "/findings", "/moves?year=2024", "/rules", "/about"):
        page.goto(path)
        nameless = page.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=hidden]), select, [role], table.chart')]"
            ".filter(e => !(e.ariaLabel || e.innerText?.trim() || e.labels?.length)).map(e => e.outerHTML.slice(0, 120))"
        )
        assert nameless == [], path
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_pages_fit_their_screens(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/projects", "/indicators", "/departments"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_language_can_be_changed(page: Page) -> None:
    page.goto("/projects?year=2023")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Projects")
    assert "year=2023" in page.url


def test_a_list_is_downloaded(page: Page) -> None:
    page.goto("/findings?severity=warning")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_report_stands_on_its_own(browser: Browser, released: Release) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((released.folder / "report.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("2024 年度预算绩效目标报告")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Budget performance objectives 2024")
    expect(page.get_by_text("What was loosened").first).to_be_visible()
    assert len(asked) == 1
    assert len(page.pdf(format="A4")) > 20_000
    context.close()
