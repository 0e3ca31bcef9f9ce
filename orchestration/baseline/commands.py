"""`jixiao baseline …`: what people type about baselines."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from expectations import baselines
from expectations.accepted import Entry
from orchestration import baseline, release
from orchestration.home import Home
from orchestration.options import HomeOption

app = typer.Typer(help="What is expected of each fiscal year: show it, accept what was measured. 基线：查看与确认。")
_BREACH = {"block": "block 阻止", "warn": "warn 警告"}
Entries = dict[tuple[str, int], Entry]


@app.callback(invoke_without_command=True)
def show(context: typer.Context, home: HomeOption = None) -> None:
    """Show what was accepted, what is proposed, and what the served release measures. 显示基线状态。"""
    if context.invoked_subcommand:
        context.obj = home
        return
    place = Home.at(home)
    held, waiting = (
        {entry.key: entry for entry in baseline.accepted(place)},
        {entry.key: entry for entry in baseline.proposed(place)},
    )
    console = Console()
    if not held and not waiting:
        console.print(
            f"No baselines yet; a load proposes them. 尚无基线，装载后会提议。 uv run jixiao load{place.option}",
            highlight=False,
        )
        return
    console = console if console.is_terminal else Console(width=10_000)
    console.print(_table(held, waiting, _measured(place)))
    if waiting:
        years = ", ".join(map(str, sorted({year for _, year in waiting})))
        console.print(
            f"{len(waiting)} proposed for {years} in {place.proposed_baselines}; accept them with\n"
            f"有 {len(waiting)} 项待确认（{years}），核对后运行\n"
            f"  uv run jixiao baseline accept [YEAR] --reason WHY{place.option}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


@app.command("accept")
def accept_command(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why the new values are right. 原因。")],
    year: Annotated[
        int | None, typer.Argument(min=1990, max=2100, help="Fiscal year; else all that are proposed. 预算年度。")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Accept what the last load measured, with the reason; the next load is held to it. 确认基线并记录原因。"""
    place = Home.at(home or context.obj)
    with place.lock():
        taken = baseline.accept(place, year, reason)
    for entry in taken:
        was = "" if entry.was is None else f"{_figure(entry.metric, entry.was)} → "
        line = f"{entry.fiscal_year}  {baselines.metrics()[entry.metric].en}: {was}{_figure(entry.metric, entry.value)}"
        Console().print(line, highlight=False, markup=False, soft_wrap=True)
    Console().print(
        f"{len(taken)} accepted 已确认; {place.baselines}. Next 接下来: uv run jixiao load{place.option}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _table(held: Entries, waiting: Entries, measured: dict[tuple[str, int], float]) -> Table:
    table = Table()
    for name in (
        "year\n年度",
        "metric\n指标",
        "accepted\n基线",
        "allowed\n允许范围",
        "below, above\n低于、高于",
        "measured\n实测",
    ):
        table.add_column(
            name, justify="right" if name[0] in "aym" and "metric" not in name else "left", overflow="fold"
        )
    table.add_column("state 状态", overflow="fold")
    names = {name: place for place, name in enumerate(baselines.metrics())}
    for key in sorted(held.keys() | waiting.keys(), key=lambda key: (key[1], names.get(key[0], 0))):
        old, new = held.get(key), waiting.get(key)
        entry = old or new
        assert entry is not None  # noqa: S101
        metric, (low, high) = baselines.metrics()[entry.metric], baselines.span(entry)
        value = new.value if new else measured.get(key)
        table.add_row(
            str(entry.fiscal_year),
            f"{metric.en}\n{metric.zh}",
            _figure(metric.name, old.value) if old else "",
            f"{_figure(metric.name, low)} … {_figure(metric.name, high)}",
            f"{_BREACH[entry.below]}, {_BREACH[entry.above]}",
            "" if value is None else _figure(metric.name, value),
            _state(old, new),
        )
    return table


def _state(old: Entry | None, new: Entry | None) -> str:
    if old is None:
        return "proposed 待确认"
    since = f"since {old.since or '?'}: {old.reason}"
    return f"breached 超出范围; {since}" if new else f"holds 符合; {since}"


def _measured(home: Home) -> dict[tuple[str, int], float]:
    served = release.current(home)
    if served is None:
        return {}
    gates: Any = release.manifest(served).get("gates")
    if not isinstance(gates, dict):
        raise release.damaged(home, served, "manifest.json")
    return {(m["metric"], m["fiscal_year"]): m["value"] for gate in gates.values() for m in gate["measures"]}


def _figure(metric: str, value: float) -> str:
    """Show a share in percent, a count whole."""
    if baselines.metrics()[metric].kind == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
