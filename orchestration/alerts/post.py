"""One look: what was found goes into the state, what is new about it into the outbox, the outbox to the channels."""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from orchestration import clock
from orchestration.alerts import channels, config, state, wording
from orchestration.alerts.problem import Problem, Severity, Words
from orchestration.alerts.state import Case, Change, State
from orchestration.home import Home

_LOG = logging.getLogger(__name__)
MANY = 5
"""More messages than this for one channel at one time go out as one."""


def report(
    home: Home, found: Iterable[Problem], looked_at: Collection[str], now: datetime | None = None
) -> list[channels.Sent]:
    """Tell what is new; return what was sent.

    Args:
        home: whose state and alerts.yml.
        found: the problems that are there now.
        looked_at: the scopes that were looked at: open problems in them that were not found again have recovered.
        now: for tests that move the clock.

    Raises:
        Trouble: alerts.yml is wrong. The state stays as it was: what is found again is told when the file is right.
    """
    now, found = now or clock.now(), list(found)
    alerts = config.read(home)
    try:
        with state.opened(home) as open_state:
            _enter(open_state, alerts, found, looked_at, now)
            _remind(open_state, alerts, now)
            open_state.forget(now)
            open_state.commit()
            return _deliver(open_state, alerts, now)
    except (OSError, sqlite3.Error) as error:
        _LOG.warning("The state of the alerts cannot be written: %s. 无法写入告警状态。", error)
        return _shout(alerts, found, now)


def _shout(alerts: config.Alerts, found: Iterable[Problem], now: datetime) -> list[channels.Sent]:
    """Send what is wrong without memory: a full disk is to be told by the very load that met it, if twice."""
    sent: list[channels.Sent] = []
    for problem in found:
        case = Case(problem, alerts.owner(problem), now, now, now, None)
        text = wording.message(Change.new, case)
        sent += [channels.send(name, alerts.channels[name], *text) for name in _hearers(alerts, case)]
    return sent


def _enter(
    open_state: State, alerts: config.Alerts, found: list[Problem], looked_at: Collection[str], now: datetime
) -> None:
    """Enter what was found, and put what is new about it into the outbox."""
    for problem in found:
        news = open_state.note(problem, alerts.owner(problem), now)
        if news:
            _post(open_state, alerts, *news, now)
    for case in open_state.recover(looked_at, {problem.key for problem in found}, now):
        _post(open_state, alerts, Change.recovered, case, now)


def _remind(open_state: State, alerts: config.Alerts, now: datetime) -> None:
    """Put one digest for each channel into the outbox, of all that is still there, whoever looked at what just now."""
    reminders: dict[str, list[Case]] = defaultdict(list)
    for case in open_state.remind(now):
        for channel in _hearers(alerts, case):
            reminders[channel].append(case)
    for channel, cases in reminders.items():
        open_state.post(channel, "digest", *wording.digest(cases), now)


def _post(open_state: State, alerts: config.Alerts, change: Change, case: Case, now: datetime) -> None:
    for channel in _hearers(alerts, case):
        open_state.post(channel, case.problem.key, *wording.message(change, case), now)


def _hearers(alerts: config.Alerts, case: Case) -> list[str]:
    """Return who hears of it; never the channel that it is about."""
    hearers = alerts.hearers(case.problem.severity, case.owner)
    if case.problem.scope.startswith("channel:"):
        hearers = [name for name in alerts.channels if case.problem.scope != f"channel:{name}"]
    return hearers


def _deliver(open_state: State, alerts: config.Alerts, now: datetime) -> list[channels.Sent]:
    """Send what is due; a channel that is down, or up again, is told on the others."""
    sent: dict[str, channels.Sent] = {}
    while waiting := _by_channel(
        open_state, alerts, now, down={name for name, each in sent.items() if not each.arrived}
    ):
        for name, messages in waiting.items():
            text = wording.bundle(messages) if len(messages) > MANY else None
            pending = [messages] if text else [[each] for each in messages]
            while pending:
                title, body = text or (pending[0][0].title, pending[0][0].body)
                sent[name] = channels.send(name, alerts.channels[name], title, body)
                if not sent[name].arrived:
                    open_state.failed([each for some in pending for each in some], sent[name].reason, now)
                    break
                open_state.arrived(pending.pop(0), now)
            _enter(open_state, alerts, [] if sent[name].arrived else [_down(sent[name])], {f"channel:{name}"}, now)
            open_state.commit()
    return list(sent.values())


def _by_channel(
    open_state: State, alerts: config.Alerts, now: datetime, down: Collection[str]
) -> dict[str, list[state.Message]]:
    """Return what is due by channel; what was meant for one that is configured no more goes to the first that is."""
    waiting: dict[str, list[state.Message]] = defaultdict(list)
    for message in open_state.waiting(now):
        channel = message.channel
        if channel not in alerts.channels and alerts.channels:
            channel = next(iter(alerts.channels))
            open_state.readdress(message, channel)
        if channel in alerts.channels and channel not in down:
            waiting[channel].append(message)
    return waiting


def _down(sent: channels.Sent) -> Problem:
    return Problem(
        scope=f"channel:{sent.channel}",
        check="delivery",
        severity=Severity.error,
        title=Words(f"the alert channel {sent.channel} is down", f"告警渠道 {sent.channel} 不通"),
        remedy=Words(
            f"Mend it, then run: uv run jixiao alerts test. What it missed is kept and sent. It said: {sent.reason}",
            f"修复后运行 uv run jixiao alerts test。未送达的消息已保留，恢复后补发。返回信息：{sent.reason}",
        ),
        fingerprint="down",
    )
