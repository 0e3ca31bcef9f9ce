"""What a load says at its end, for a person who may never have seen the project."""

import shlex

from rich.console import Console
from rich.table import Table

from expectations.results import GateResult
from orchestration import query, release, unread
from orchestration.home import Home
from orchestration.load import Blocked
from orchestration.mark import STAGES
from orchestration.session import Session

_EXAMPLE = 'uv run jixiao query "select project_name, total_yuan from fct_declaration order by 2 desc limit 5"'
_SEVERITIES = {"error": "错误", "warning": "警告", "info": "提示"}


def unchanged(console: Console, session: Session) -> None:
    """Say that there was nothing to do."""
    served = release.current(session.home)
    console.print(
        "Nothing has changed since the last load: the release that is served is up to date."
        "\n自上次装载以来没有变化：现有发布版本即为最新。",
        highlight=False,
        soft_wrap=True,
    )
    if served:
        console.print(f"  {served.release_id}  {session.home.current}", highlight=False, soft_wrap=True)


def published(console: Console, session: Session, seconds: float) -> None:
    """Say what has been published, how much of it, and what to do next."""
    assert session.published is not None  # noqa: S101
    manifest = session.published.manifest
    rows, option = manifest["rows"], session.home.option
    console.print()
    console.print(f"Published 已发布  [bold]{session.published.release_id}[/bold]", highlight=False)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for en, zh, count in (
        ("documents", "文件", rows.get("dim_document", 0)),
        ("forms", "申报表", rows.get("fct_declaration", 0)),
        ("indicators", "指标", rows.get("fct_indicator_target", 0)),
        ("quarantined lines", "隔离行", _quarantined(session.published)),
        *_findings(session),
    ):
        table.add_row(f"  {en}", zh, f"{count:>9,}")
    console.print(table, highlight=False)
    _notes(console, session)
    console.print(f"  warehouse 数仓      {session.home.current / 'warehouse.duckdb'}", highlight=False, soft_wrap=True)
    console.print(
        f"  data docs 质量报告  {session.home.current / 'quality' / 'index.html'}", highlight=False, soft_wrap=True
    )
    console.print(f"  report 年度报告     {session.home.current / 'report.html'}", highlight=False, soft_wrap=True)
    console.print(f"  dictionary 数据字典 {session.home.current / 'dictionary.html'}", highlight=False, soft_wrap=True)
    parts = " · ".join(
        f"{zh} {session.seconds[stage]:.1f}" for stage, (_, zh) in STAGES.items() if stage in session.seconds
    )
    console.print(f"  took 用时 {seconds:.1f} s  ({parts})", highlight=False, soft_wrap=True)
    console.print()
    console.print("Next 接下来", highlight=False)
    for command, en, zh in (
        (f"{_EXAMPLE}{option}", "ask", "查询"),
        (f"uv run jixiao quarantine{option}", "what could not be read", "未能读懂的内容"),
        (f"uv run jixiao explore{option}", "look at it in the browser", "在浏览器中查看"),
        (f"{_at(session.home)}uv run dagster dev", "lineage, runs, checks", "血缘、运行记录、检查"),
    ):
        console.print(f"  {command}\n      {en} {zh}", highlight=False, markup=False, soft_wrap=True)


def _at(home: Home) -> str:
    """Return what Dagster has to be told of another home than it would take."""
    root = shlex.quote(str(home.root))
    return f"DAGSTER_HOME={root}/dagster JIXIAO_HOME={root} " if home.option else ""


def _quarantined(published: release.Release) -> int:
    """Return how many lines could not be read; a document as a whole counts as one."""
    if not published.manifest["rows"].get("quarantine"):
        return 0
    answer = query.ask(
        published,
        f"{unread.OPEN} select coalesce(sum(line_end - line_start + 1), 0)::bigint as n",
    )
    return answer.column("n").to_pylist()[0]


def _findings(session: Session) -> list[tuple[str, str, int]]:
    assert session.published is not None  # noqa: S101
    if not session.published.manifest["rows"].get("fct_quality_finding"):
        return [("findings", "质量发现", 0)]
    answer = query.ask(session.published, "select severity, count(*) as n from fct_quality_finding group by all")
    counts = dict(zip(*(answer.column(name).to_pylist() for name in ("severity", "n")), strict=True))
    return [(f"findings: {name}", f"质量发现：{zh}", counts.get(name, 0)) for name, zh in _SEVERITIES.items()]


def _notes(console: Console, session: Session) -> None:
    """Say what a person should know besides: warnings of the gates, documents that left the landing folder."""
    for gate in session.gates.values():
        show_failures(console, gate)
    if session.proposed:
        years = ", ".join(map(str, sorted({entry.fiscal_year for entry in session.proposed})))
        console.print(
            f"  baselines proposed for {years}: look at them with uv run jixiao baseline{session.home.option},"
            f" then accept them\n  已提议 {years} 年度的基线：请用 uv run jixiao baseline{session.home.option} 查看并确认",
            highlight=False,
            soft_wrap=True,
        )
    unknown = session.facts.get("corrections_of_nothing")
    if unknown:
        named = ", ".join(unknown)
        console.print(
            f"  corrections that name no loaded document: {named}; see to {session.home.corrections}"
            f"\n  以下更正所指的文件不存在：{named}；请检查 {session.home.corrections}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    away = _away_and_in_force(session)
    if away:
        named = f"{', '.join(away[:5])}{' …' if len(away) > 5 else ''}"
        console.print(
            f"  {len(away)} documents of earlier loads are no longer in {session.source}; what only they declare stays in"
            f" force (jixiao withdraw takes one out): {named}"
            f"\n  有 {len(away)} 份以前装载的文件已不在投放目录中，其他文件未再申报的内容仍然有效"
            f"（可用 jixiao withdraw 撤回）：{named}",
            highlight=False,
            soft_wrap=True,
        )


def _away_and_in_force(session: Session) -> list[str]:
    """Return the names of documents that have left the landing folder and that no later document has superseded whole."""
    vanished = set(session.facts.get("vanished", []))
    if not vanished or session.published is None:
        return []
    declaring = (
        "select document_id, file_name from dim_document semi join fct_declaration using (document_id) order by 2"
    )
    found = query.ask(session.published, declaring).to_pylist()
    return [document["file_name"] for document in found if document["document_id"] in vanished]


def blocked(console: Console, error: Blocked) -> None:
    """Say which checks failed, with the offending rows, and what to do."""
    show_failures(console, error.gate)
    if any("baseline" in failure.title_en for failure in error.gate.failures if failure.blocks):
        console.print(
            "  Look whether the documents or our reading changed; if the new values are right:"
            "\n  请核实是文件变了还是解析变了；若新值正确，请运行："
            f"\n      uv run jixiao baseline accept [YEAR] --reason WHY{error.option}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def show_failures(console: Console, gate: GateResult) -> None:
    """Print each failure of a gate: how many rows, and a sample of them."""
    for failure in gate.failures:
        mark = "[red]✗[/red]" if failure.blocks else "[yellow]![/yellow]"
        console.print(f"  {mark} {failure.table}: {failure.title_en}", highlight=False, soft_wrap=True)
        console.print(f"    {failure.title_zh}", highlight=False, soft_wrap=True)
        if failure.count:
            console.print(
                f"    {failure.count} rows 行, {len(failure.rows)} shown 显示",
                highlight=False,
            )
        if failure.observed:
            console.print(f"    found 实际值: {failure.observed}", highlight=False, markup=False, soft_wrap=True)
        for row in failure.rows:
            shown = ", ".join(f"{name}={_short(value)}" for name, value in row.items())
            console.print(f"      {shown}", highlight=False, markup=False, soft_wrap=True)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
