"""`jixiao alerts …`: what people type about alerts."""

import sqlite3

import typer
from rich.console import Console

from orchestration import clock
from orchestration.alerts import channels, config, state, wording
from orchestration.alerts.problem import Severity
from orchestration.home import Home
from orchestration.options import HomeOption
from orchestration.trouble import Trouble, of_disk

app = typer.Typer(no_args_is_help=True, help="Who is told what. 告警。")


@app.command(name="test")
def send(home: HomeOption = None) -> None:
    """Send one test message through every channel, and say which arrived. 向每个渠道发送测试消息。"""
    place = Home.at(home)
    named = config.read(place).channels
    if not named:
        raise Trouble(
            f"No channel is configured in {config.file(place)}. deploy/alerts.example.yml shows the file.",
            f"{config.file(place)} 中没有配置告警渠道。文件格式见 deploy/alerts.example.yml。",
        )
    title = "[绩效 jixiao] 测试消息 Test message"
    body = f"告警渠道可用。This channel works.\n{wording.when(clock.now())}"
    sent = [channels.send(name, address, title, body) for name, address in named.items()]
    for each in sent:
        said = "arrived 已送达" if each.arrived else f"did not arrive 未送达: {each.reason}"
        _print(f"{'✓' if each.arrived else '✗'} {each.channel}  {said}")
    if not all(each.arrived for each in sent):
        raise typer.Exit(1)


@app.command(name="list")
def show(home: HomeOption = None) -> None:
    """List the open problems, and the messages that wait for their channel. 列出未解决的问题和待发送的消息。"""
    place = Home.at(home)
    try:
        with state.seen(place) as open_state:
            cases, waiting = open_state.open(), open_state.waiting()
    except sqlite3.DatabaseError as error:
        raise of_disk(error) or state.damaged(place, error) from error
    for case in cases:
        problem = case.problem
        rows = f"  {problem.count:,} 行 rows" if problem.count else ""
        since = wording.when(case.first_seen)
        _print(f"{problem.severity.upper():7} {problem.key}{rows}  始于 since {since}  → {case.owner}")
        _print(f"        {problem.title.zh} · {problem.title.en}")
    if not cases:
        _print("No open problem. 没有未解决的问题。")
    for each in waiting:
        _print(f"waiting 待发送 → {each.channel} ({each.attempts} attempts 次): {each.title}  {each.reason}")


@app.command()
def check(home: HomeOption = None) -> None:
    """Look at what no load says, tell what is new, send what waits; for a timer. 检查并告警（供定时器调用）。"""
    from orchestration import instance  # noqa: PLC0415
    from orchestration.alerts import post, watch  # noqa: PLC0415

    place, now = Home.at(home), clock.now()
    scheduled, looked_at = [], set()
    if instance.exists(place):
        with instance.opened(place) as history:
            scheduled, looked_at = watch.look_at_schedules(history, now)
    found = [*watch.look(place, now), *scheduled]
    sent = post.report(place, found, watch.SCOPES | looked_at, now)
    for problem in found:
        _print(f"{problem.severity.upper():7} {problem.key}  {problem.title.zh} · {problem.title.en}")
    for each in sent:
        _print(f"{'✓' if each.arrived else '✗'} {each.channel}  {each.reason}")
    if any(problem.severity is Severity.error for problem in found):
        raise typer.Exit(1)


def _print(text: str) -> None:
    Console().print(text, highlight=False, markup=False, soft_wrap=True)
