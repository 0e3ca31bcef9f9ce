"""alerts.yml: mistakes are said with file and entry; secrets come from the environment and show nowhere."""

import shutil
from pathlib import Path

import pytest

from orchestration import session
from orchestration.alerts import channels, config, post
from orchestration.home import Home
from orchestration.trouble import Trouble
from tests.alerts.receivers import mailbox, webhook
from tests.alerts.test_post import NOW, configure, problem
from tests.conftest import run_jixiao

SECRET = "s3cr3t-t0ken-9876"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels: [", "is no YAML"),
        ("channel: {}", "channel: Extra inputs are not permitted"),
        ("routes: [{channels: [mail]}]", "routes name channels that do not exist: mail"),
        ("routes: [{channels: [], severities: [fatal]}]", "routes.0.severities.0"),
        ("expected: {from_year: 2023, due: March}", "expected.due"),
        ('expected: {from_year: 2023, due: "02-29"}', "02-29 is no day of every year"),
        ('expected: {from_year: 2023, due: "13-45"}', "13-45 is no day of every year"),
    ],
)
def test_a_mistake_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "alerts.yml").write_text(text, "utf-8")
    with pytest.raises(Trouble) as trouble:
        config.read(Home(tmp_path))
    assert said in trouble.value.en
    assert str(tmp_path / "alerts.yml") in trouble.value.en


def test_a_file_of_another_encoding_is_said_and_undoes_no_load(sample_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True))
    (home / "alerts.yml").write_text("# 告警\nchannels: {}\n", "gbk")
    loaded, shown = (run_jixiao(*words, home=home) for words in (["load"], ["alerts", "test"]))
    assert loaded.returncode == 0
    assert shown.returncode == 1
    for said in (loaded.stderr, shown.stderr):
        assert f"{home / 'alerts.yml'}: is not UTF-8" in said
        assert "Traceback" not in said


def test_no_mistake_in_telling_undoes_a_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "report", lambda *_: {}["nobody foresaw this"])
    with session.opened(Home(tmp_path), None, None) as opened:
        assert opened.trouble is None


def test_a_file_that_the_environment_names_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_ALERTS", str(tmp_path / "no.yml"))
    with pytest.raises(Trouble, match="does not exist"):
        config.read(Home(tmp_path))


@pytest.mark.parametrize(
    "address", ["mailtos://me:pa55@smtp.example.cn?to=a@example.cn", "wecombot://0123456789abcdef"]
)
def test_a_secret_in_the_file_is_refused(address: str) -> None:
    sent = channels.send("mail", address, "t", "b")
    assert not sent.arrived
    assert "write ${NAME}" in sent.reason
    assert "pa55" not in sent.reason


def test_a_variable_that_is_not_set_is_named() -> None:
    assert "JIXIAO_NO_SUCH" in channels.send("mail", "wecombot://${JIXIAO_NO_SUCH}", "t", "b").reason


def test_no_secret_in_reasons_state_or_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JIXIAO_HOOK_TOKEN", SECRET)
    with webhook() as up, webhook() as down:
        down.down = True
        address = down.address.replace("json://", "json://bureau:${JIXIAO_HOOK_TOKEN}@") + "?token=${JIXIAO_HOOK_TOKEN}"
        configure(tmp_path, {"channels": {"down": address, "up": up.address}})
        post.report(Home(tmp_path), [problem()], {"finding"}, NOW)
        shown = run_jixiao("alerts", "test", home=tmp_path)
    assert "down" in str(up.messages)
    assert shown.returncode == 1
    kept = (tmp_path / "alerts.sqlite").read_bytes().decode("utf-8", "replace")
    for text in (str(up.messages), kept, shown.stdout, shown.stderr, caplog.text):
        assert SECRET not in text


def test_the_command_says_which_arrived(tmp_path: Path) -> None:
    with webhook() as hook, mailbox() as mail:
        mail.down = True
        configure(tmp_path, {"channels": {"hook": hook.address, "mail": mail.address}})
        shown = run_jixiao("alerts", "test", home=tmp_path)
        assert shown.returncode == 1
        assert "✓ hook  arrived 已送达" in shown.stdout
        assert "✗ mail  did not arrive 未送达" in shown.stdout
        mail.down = False
        assert run_jixiao("alerts", "test", home=tmp_path).returncode == 0
    assert hook.titles == ["[绩效 jixiao] 测试消息 Test message"] * 2
    assert mail.titles == ["[绩效 jixiao] 测试消息 Test message"]


def test_nothing_configured_is_said(tmp_path: Path) -> None:
    shown = run_jixiao("alerts", "test", home=tmp_path)
    assert shown.returncode == 1
    assert "No channel is configured" in shown.stderr
