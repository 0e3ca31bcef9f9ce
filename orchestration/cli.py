"""The command `jixiao`: what people type. Each command is a few lines over a module that does the work.

Exit codes: 0 done, 1 something went wrong and is said in plain words, 2 wrong usage, 130 stopped by Ctrl+C.
"""

import atexit
import os
import signal
import sys
import tempfile
import time
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration import logs, terminal
from orchestration.alerts import commands as alerts
from orchestration.baseline import commands as baseline
from orchestration.engines import Name
from orchestration.home import Home
from orchestration.options import HomeOption
from orchestration.trouble import Trouble, of_disk, refused

_WRONG_USAGE = 2
_STOPPED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A warehouse of budget performance declarations, from raw documents to BI. 预算绩效目标数仓。",
)
app.add_typer(alerts.app, name="alerts")
app.add_typer(baseline.app, name="baseline")


class OutputFormat(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def load(
    home: HomeOption = None,
    source: Annotated[
        Path | None,
        typer.Option(
            help="The landing folder; else <home>/landing, else the sample that ships. 投放目录。", show_default=False
        ),
    ] = None,
    year: Annotated[
        list[int] | None,
        typer.Option(min=1990, max=2100, help="Only this fiscal year; may be repeated. 仅装载指定预算年度。"),
    ] = None,
    engine: Annotated[
        Name, typer.Option(envvar="JIXIAO_ENGINE", help="Where the work is done; docs/scale.md. 计算引擎。")
    ] = Name.duckdb,
) -> None:
    """Ingest the landing folder, build, check, publish. 装载、构建、检查、发布。"""
    from orchestration import load as job  # noqa: PLC0415
    from orchestration import summary  # noqa: PLC0415
    from orchestration.progress import reporter  # noqa: PLC0415

    started = time.monotonic()
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who stops a service means the same as Ctrl+C
    session = job.load(Home.at(home), source and source.absolute(), year or None, reporter(console), engine)
    if session.published is None:
        summary.unchanged(console, session)
    else:
        summary.published(console, session, time.monotonic() - started)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="A question in SQL; tables need no schema name. SQL 查询。")],
    home: HomeOption = None,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", help="Output format. 输出格式。")
    ] = OutputFormat.table,
) -> None:
    """Ask the published release, read only. 查询已发布版本（只读）。"""
    from orchestration import query as asking  # noqa: PLC0415
    from orchestration import release  # noqa: PLC0415

    if output_format is OutputFormat.parquet and sys.stdout.isatty():
        raise Trouble(
            "Parquet is no text: write it to a file, with > file.parquet", "Parquet 不是文本：请重定向到文件。"
        )
    asking.show(asking.ask(release.require_readable(Home.at(home)), sql), output_format)


@app.command()
def releases(home: HomeOption = None) -> None:
    """List the kept releases, the newest first. 列出保留的版本。"""
    from orchestration import release  # noqa: PLC0415

    place = Home.at(home)
    served = release.require_current(place)
    for kept in release.kept(place):
        mark = "→" if kept == served else " "
        rows = release.manifest(kept).get("rows")
        said = (
            f"documents 文件 {rows.get('dim_document', 0)}"
            f"  forms 申报表 {rows.get('fct_declaration', 0)}  indicators 指标 {rows.get('fct_indicator_target', 0)}"
            if isinstance(rows, dict)
            else f"damaged 已损坏: manifest.json; uv run jixiao doctor --repair{place.option}"
        )
        Console().print(f"{mark} {kept.release_id}  {said}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def rollback(
    release_id: Annotated[str | None, typer.Argument(metavar="[RELEASE]", help="Else the one before. 版本号。")] = None,
    home: HomeOption = None,
) -> None:
    """Serve an earlier release again. 恢复较早的版本。"""
    from orchestration import postgres, release  # noqa: PLC0415

    place = Home.at(home)
    with place.lock():
        served = release.rollback(place, release_id)
        postgres.follow(place)
    Console().print(f"Served now 当前版本: {served.release_id}", highlight=False)


@app.command()
def book(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The workbook to write (.xlsx). 工作簿文件。")],
    project: Annotated[
        str | None, typer.Option(help="Code, or a part of the name. 项目编码或名称（可为部分）。", show_default=False)
    ] = None,
    department: Annotated[
        str | None,
        typer.Option(help="Code, or a part of the name. 主管部门代码或名称（可为部分）。", show_default=False),
    ] = None,
    year: Annotated[int | None, typer.Option(min=1990, max=2100, help="Fiscal year. 预算年度。")] = None,
    home: HomeOption = None,
) -> None:
    """Write declarations as a workbook in their form's own layout, with findings as remarks. 导出 Excel 工作簿。"""
    from orchestration import release, workbook  # noqa: PLC0415
    from orchestration.book import Book  # noqa: PLC0415

    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter("the name has to end in .xlsx 文件名须以 .xlsx 结尾", param_hint="FILE")
    _in_a_folder(file)
    opened = Book(release.require_readable(Home.at(home)))
    written = workbook.write(opened, *workbook.chosen(project, department, year), file)
    opened.close()
    Console().print(f"{written} declarations 份申报表: {file}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def compare(
    before: Annotated[
        str | None, typer.Argument(metavar="[A]", help="Release; else the one before B. 版本 A。")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Release; else the one that is served. 版本 B。")
    ] = None,
    home: HomeOption = None,
    page: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the comparison as a page (HTML) instead. 写成网页。")
    ] = None,
) -> None:
    """Say what changed between two kept releases: tables, columns, rows by key, sums by year. 比较两个版本。"""
    from orchestration import comparison, release  # noqa: PLC0415

    if page:
        _in_a_folder(page)
    place = Home.at(home)
    later = release.named(place, after) if after else release.require_current(place)
    earlier = release.named(place, before) if before else release.one_before(place, later)
    if page:
        comparison.write(earlier, later, page)
        Console().print(f"{page}", highlight=False, markup=False, soft_wrap=True)
    else:
        comparison.show(Console(), earlier, later)


@app.command()
def withdraw(
    document: Annotated[str, typer.Argument(help="File name or id of a loaded document. 文件名或编号。")],
    reason: Annotated[str, typer.Option(help="Why. 原因。")],
    home: HomeOption = None,
) -> None:
    """Take a document out of force; the next load publishes without it. 撤回文件，下次装载生效。"""
    from orchestration import withdrawals  # noqa: PLC0415

    place = Home.at(home)
    with place.lock():
        name = withdrawals.withdraw(place, document, reason)
    Console().print(
        f"Withdrawn 已撤回: {name}. Next 接下来: uv run jixiao load{place.option}", highlight=False, markup=False
    )


@app.command()
def quarantine(
    home: HomeOption = None,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", help="Output format. 输出格式。")
    ] = OutputFormat.table,
) -> None:
    """List what could not be read, and what to do about it. 列出未能读懂的内容及处理办法。"""
    from orchestration import query as asking  # noqa: PLC0415
    from orchestration import release, unread  # noqa: PLC0415

    answer = asking.ask(
        release.require_readable(Home.at(home)),
        f"{unread.OPEN} select file_name, line_start, line_end, reason, hint, hint_zh, raw_text order by all",
    )
    asking.show(answer, output_format)


@app.command()
def explain(file: Annotated[Path, typer.Argument(help="A document. 文件。")]) -> None:
    """Show line by line what is recognised in a document, and why. 逐行说明文件的识别结果及依据。"""
    from ingest.explain import explain_file  # noqa: PLC0415

    if not file.is_file():
        raise Trouble(f"There is no file {file}.", f"文件 {file} 不存在。")
    sys.stdout.write(explain_file(file.resolve()))


@app.command()
def explore(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine. 端口。")] = 8600,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others reach any but 127.0.0.1. 监听地址。")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in the browser. 打开浏览器。")] = True,
) -> None:
    """Look at the published release in the browser, on this machine. 在本机浏览器中查看已发布版本。"""
    from orchestration.explorer import server  # noqa: PLC0415

    Console().print(f"http://{host}:{port}/  (Ctrl+C stops 按 Ctrl+C 结束)", highlight=False)
    server.serve(Home.at(home), host, port, browse=browser and sys.stdout.isatty())


@app.command()
def doctor(
    home: HomeOption = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended first. 先修复可修复项。")] = False,
) -> None:
    """Check the installation, the home folder and the current release. 检查安装、主目录和当前版本。"""
    from orchestration import doctor as examination  # noqa: PLC0415

    if repair:
        for mended in examination.repair(Home.at(home)):
            Console().print(f"mended 已修复: {mended.en}\n  {mended.zh}", highlight=False, markup=False, soft_wrap=True)
    findings = examination.examine(Home.at(home))
    for finding in findings:
        Console().print(
            f"{'✓' if finding.good else '✗'} {finding.en}  {finding.zh}", highlight=False, markup=False, soft_wrap=True
        )
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.command()
def health(
    home: HomeOption = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve /health and /metrics there. 服务地址。")
    ] = None,
) -> None:
    """Say in JSON whether all is well (exit 1 where not), or serve that and Prometheus' figures. 健康检查与监控指标。"""
    import json  # noqa: PLC0415

    from orchestration import health as monitor  # noqa: PLC0415

    place = Home.at(home)
    if listen:
        host, _, port = listen.rpartition(":")
        if not port.isdigit() or int(port) > 65535:
            raise typer.BadParameter("HOST:PORT, as in 127.0.0.1:9108")
        monitor.server(place, host, int(port)).serve_forever()
    seen = monitor.report(place)
    print(json.dumps(seen, ensure_ascii=False, indent=1))
    if not seen["healthy"]:
        raise typer.Exit(1)


def _in_a_folder(file: Path) -> None:
    if not file.absolute().parent.is_dir():
        raise Trouble(
            f"{file} cannot be written: there is no folder {file.parent}.",
            f"无法写入 {file}：目录 {file.parent} 不存在。",
        )


def main() -> None:
    """Run the command line; errors become plain words, never a traceback."""
    terminal.prepare()
    logs.configure()
    code = _run(Console(stderr=True))
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    # Not sys.exit: while the interpreter takes itself apart, DuckDB's bindings report "leaks" on the terminal.
    os._exit(code)


def _run(console: Console) -> int:
    try:
        app()
    except SystemExit as ended:
        if ended.code == _WRONG_USAGE and sys.argv[1:]:
            console.print("命令用法有误，说明见上；加 --help 可查看用法。", highlight=False, soft_wrap=True)
        if ended.code == _STOPPED:
            console.print("Stopped; the last release is still served. 已中断，上一版本仍然有效。", soft_wrap=True)
        return ended.code if isinstance(ended.code, int) else 1
    except Trouble as trouble:
        _say(console, trouble)
    except OSError as error:
        _say(console, refused(" ".join(map(str, filter(None, (error.filename, error.strerror or error))))))
    except Exception as error:
        _say(console, of_disk(error) or _unexpected(error))
    return 1


def _say(console: Console, trouble: Trouble) -> None:
    from orchestration import summary  # noqa: PLC0415
    from orchestration.load import Blocked  # noqa: PLC0415

    console.print(str(trouble), highlight=False, markup=False, soft_wrap=True)
    if isinstance(trouble, Blocked):
        summary.blocked(console, trouble)


def _unexpected(error: Exception) -> Trouble:
    """Say what nobody has foreseen, and where a maintainer finds the traceback."""
    try:
        where = str(_log(traceback.format_exc()))
    except OSError as no:
        where = f"{no.filename}: {no.strerror}"
    return Trouble(
        f"Something went wrong that should not have: {type(error).__name__}: {error}\nDetails: {where}",
        "发生意外错误，上一版本仍然有效。详情见上述文件。",
    )


def _log(text: str) -> Path:
    """Keep a traceback where a maintainer finds it: in the home, which is not made for that."""
    home = Home.at()
    folder = home.quality / "runs" if home.root.is_dir() else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"error-{time.strftime('%Y%m%dT%H%M%S')}.log"
    file.write_text(text, "utf-8")
    return file
