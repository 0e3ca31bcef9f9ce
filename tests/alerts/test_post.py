"""Problems as people receive them: by a real SMTP server and a real HTTP server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from orchestration.alerts import post, state
from orchestration.alerts.problem import Problem, Severity, Words, fingerprint
from orchestration.home import Home
from tests.alerts.receivers import Received, mailbox, webhook

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def mail() -> Iterator[Received]:
    with mailbox() as received:
        yield received


@pytest.fixture
def hook() -> Iterator[Received]:
    with webhook() as received:
        yield received


@pytest.fixture
def home(tmp_path: Path, mail: Received, hook: Received, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("JIXIAO_DAGSTER_URL", "http://127.0.0.1:3000/")
    configure(tmp_path, {"channels": {"mail": mail.address, "hook": hook.address}})
    return Home(tmp_path)


def configure(root: Path, alerts: dict[str, object]) -> None:
    (root / "alerts.yml").write_text(yaml.safe_dump(alerts, allow_unicode=True), "utf-8")


def problem(rows: int = 2, check: str = "F1", **changes: object) -> Problem:
    sample = [{"file": "柳州-2023.txt", "line": 57 + n, "evidence": "100 ≠ 90"} for n in range(rows)]
    given = {
        "scope": "finding",
        "check": check,
        "severity": Severity.error,
        "title": Words("total differs from its sources", "资金合计与分项之和不一致"),
        "remedy": Words("Ask the bureau.", "请申报单位更正。"),
        "owner": "data",
        "fiscal_year": 2023,
        "fingerprint": fingerprint(row["line"] for row in sample),
        "count": rows,
        "rows": sample[:5],
        "where": [f"{row['file']}, 行 line {row['line']}" for row in sample],
        "run_id": "abc",
    }
    return Problem(**{**given, **changes})  # pyright: ignore


def test_the_exact_message_once_on_each_channel_and_recovery(home: Home, mail: Received, hook: Received) -> None:
    for hour in range(3):
        post.report(home, [problem()], {"finding"}, NOW + hour * HOUR)
    title = "[绩效 jixiao] ✗ 新问题 New problem: 资金合计与分项之和不一致 2023 · total differs from its sources"
    body = dedent("""\
        ✗ 资金合计与分项之和不一致 2023 (2 行 rows)
          total differs from its sources
          finding/F1:2023

        何处 Where: 柳州-2023.txt, 行 line 57; 柳州-2023.txt, 行 line 58
        始于 Since: 2026-03-01 09:00 (北京时间 Asia/Shanghai)
        样例 Sample (2 / 2):
          - file=柳州-2023.txt, line=57, evidence=100 ≠ 90
          - file=柳州-2023.txt, line=58, evidence=100 ≠ 90
        处理 What to do: 请申报单位更正。
            Ask the bureau.
        运行 Run: http://127.0.0.1:3000/runs/abc""")
    assert hook.messages == [(title, body)]
    assert mail.messages == [(title, body)]

    for hour in range(3, 6):
        post.report(home, [], {"finding"}, NOW + hour * HOUR)
    recovered = (
        "[绩效 jixiao] ✓ 已恢复 Recovered: 资金合计与分项之和不一致 2023 · total differs from its sources",
        dedent("""\
        ✓ 资金合计与分项之和不一致 2023 (2 行 rows)
          total differs from its sources
          finding/F1:2023

        始于 Since: 2026-03-01 09:00 (北京时间 Asia/Shanghai)
        恢复 Recovered: 2026-03-01 12:00 (北京时间 Asia/Shanghai)"""),
    )
    assert hook.messages[1:] == [recovered]
    assert mail.messages[1:] == [recovered]


def test_a_thousand_failing_rows_are_one_message(home: Home, hook: Received) -> None:
    post.report(home, [problem(rows=1000)], {"finding"}, NOW)
    [(_, body)] = hook.messages
    assert "(1,000 行 rows)" in body
    assert body.count("evidence=") == 3


def test_many_problems_of_one_run_are_one_message(home: Home, hook: Received, mail: Received) -> None:
    post.report(home, [problem(check=f"F{n}") for n in range(40)], {"finding"}, NOW)
    [(title, body)] = hook.messages
    assert title == "[绩效 jixiao] 40 条告警 alerts"
    assert all(f"finding/F{n}:2023" in body for n in range(40))
    assert len(mail.messages) == 1


def test_what_stays_is_reminded_of_in_one_digest_ever_more_seldom(home: Home, hook: Received) -> None:
    """Checked every hour for a month: first after a day, then after two, four, eight, sixteen days."""
    for hour in range(24 * 33):
        post.report(home, [problem(), problem(check="F2")], {"finding"}, NOW + hour * HOUR)
    named = "资金合计与分项之和不一致 2023; 资金合计与分项之和不一致 2023"
    assert hook.titles[2:] == [f"[绩效 jixiao] 问题仍在 Still there: {named}"] * 6
    assert "finding/F1:2023" in hook.messages[2][1]
    assert "finding/F2:2023" in hook.messages[2][1]
    assert hook.messages[2][1].count("处理 What to do: 请申报单位更正。") == 2


def test_what_no_look_is_about_is_reminded_of_too(home: Home, hook: Received) -> None:
    post.report(home, [problem()], {"finding"}, NOW)
    for hour in range(24, 30):
        post.report(home, [], {"freshness"}, NOW + hour * HOUR)
    assert [title.partition(": ")[0] for title in hook.titles[1:]] == ["[绩效 jixiao] 问题仍在 Still there"]


def test_more_or_other_rows_are_news_and_fewer_are_not(home: Home, hook: Received) -> None:
    for hour, rows in enumerate([5, 4, 4, 6, 6]):
        post.report(home, [problem(rows=rows)], {"finding"}, NOW + hour * HOUR)
    assert [title.split(":")[0] for title in hook.titles] == [
        "[绩效 jixiao] ✗ 新问题 New problem",
        "[绩效 jixiao] ✗ 问题有变化 Problem changed",
    ]


def test_what_was_not_looked_at_has_not_recovered(home: Home, hook: Received) -> None:
    post.report(home, [problem()], {"finding"}, NOW)
    post.report(home, [], {"load"}, NOW + HOUR)
    assert len(hook.messages) == 1


def test_routes_by_severity_and_owner(tmp_path: Path, mail: Received, hook: Received) -> None:
    configure(
        tmp_path,
        {
            "channels": {"mail": mail.address, "hook": hook.address},
            "routes": [
                {"channels": ["mail"], "owners": ["budget-office"]},
                {"channels": ["hook"], "severities": ["error"], "owners": ["data"]},
            ],
            "owners": {"finding/F*": "budget-office"},
        },
    )
    found = [problem(check="F1"), problem(check="C2"), problem(check="Q1", severity=Severity.warning)]
    post.report(Home(tmp_path), found, {"finding"}, NOW)
    assert ["finding/F1:2023" in body for _, body in mail.messages] == [True]
    assert ["finding/C2:2023" in body for _, body in hook.messages] == [True]


def test_a_channel_that_is_down_is_told_on_the_other_and_loses_nothing(
    home: Home, mail: Received, hook: Received
) -> None:
    mail.down = True
    post.report(home, [problem()], {"finding"}, NOW)
    assert mail.messages == []
    assert [title.split(": ")[1].split(" ·")[0] for title in hook.titles] == [
        "资金合计与分项之和不一致 2023",
        "告警渠道 mail 不通",
    ]

    mail.down = False
    post.report(home, [problem()], {"finding"}, NOW + HOUR)
    assert mail.titles == [hook.titles[0]]
    assert hook.titles[2:] == ["[绩效 jixiao] ✓ 已恢复 Recovered: 告警渠道 mail 不通 · the alert channel mail is down"]


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_jumps_holds_nothing_back_and_repeats_nothing(
    home: Home, mail: Received, hook: Received, jump: timedelta
) -> None:
    mail.down = True
    post.report(home, [problem()], {"finding"}, NOW)
    mail.down = False
    for hour in range(3):
        post.report(home, [problem()], {"finding"}, NOW + jump + hour * HOUR)
    titles = [title.split(" ", 2)[2].partition(":")[0] for title in mail.titles]
    assert titles == ["✗ 新问题 New problem", "问题仍在 Still there"]


def test_nothing_is_lost_when_all_are_down(home: Home, mail: Received, hook: Received) -> None:
    mail.down = hook.down = True
    for hour in range(4):
        post.report(home, [problem()] if hour < 3 else [], {"finding"}, NOW + hour * HOUR)
    with state.opened(home) as kept:
        assert len(kept.waiting()) == 6  # new and recovered, and that the other channel is down, on each of two
    mail.down = hook.down = False
    post.report(home, [], set(), NOW + 12 * HOUR)
    for received in (mail, hook):
        titles = [title.split(" ", 2)[2] for title in received.titles]
        assert titles[0].startswith("✗ 新问题 New problem: 资金合计")
        assert sum("资金合计" in title for title in titles) == 2
        assert any(title.startswith("✓ 已恢复 Recovered: 告警渠道") for title in titles)
    with state.opened(home) as kept:
        assert kept.waiting() == []


def test_what_is_wrong_goes_out_where_the_state_cannot_be_written(home: Home, mail: Received, hook: Received) -> None:
    """As on a full disk."""
    home.alerts.mkdir()
    sent = post.report(home, [problem()], {"finding"}, NOW)
    assert [each.arrived for each in sent] == [True, True]
    assert len(mail.messages) == len(hook.messages) == 1


def test_the_second_of_two_processes_finds_nothing_to_send(home: Home, hook: Received) -> None:
    post.report(home, [problem()], {"finding"}, NOW)
    post.report(home, [problem()], {"finding"}, NOW)
    assert len(hook.messages) == 1


def test_a_message_for_a_channel_that_is_gone_reaches_another(
    tmp_path: Path, home: Home, mail: Received, hook: Received
) -> None:
    hook.down = True
    post.report(home, [problem()], {"finding"}, NOW)
    configure(tmp_path, {"channels": {"mail": mail.address}})
    post.report(home, [problem()], {"finding"}, NOW + HOUR)
    assert sum("资金合计" in title for title in mail.titles) == 2
