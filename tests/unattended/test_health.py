"""The health report, Prometheus' figures and the JSON log, over the doors that a monitor uses."""

import json
import shutil
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import health
from orchestration.home import Home
from tests.conftest import run_jixiao


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True)))


@pytest.fixture
def address(home: Home) -> Iterator[str]:
    server = health.server(home, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_all_is_well(home: Home, address: str) -> None:
    with urllib.request.urlopen(f"{address}/health") as answer:
        seen = json.load(answer)
    assert seen["healthy"] is True
    assert seen["release_id"] == home.current.resolve().name
    assert run_jixiao("health", home=home.root).returncode == 0


def test_a_release_that_lacks_a_file_is_not_well(home: Home, address: str) -> None:
    (home.current / "parquet" / "fct_declaration.parquet").unlink()
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{address}/health")
    assert answer.value.code == 503
    assert run_jixiao("health", home=home.root).returncode == 1


def test_nothing_published_is_not_well(tmp_path: Path) -> None:
    assert health.report(Home(tmp_path))["healthy"] is False
    assert "jixiao_healthy 0" in health.metrics(Home(tmp_path))


def test_the_figures(address: str) -> None:
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values["jixiao_healthy"] == "1"
    assert values['jixiao_rows{table="fct_indicator_target"}'] == "240"
    assert float(values["jixiao_release_age_seconds"]) > 0
    assert float(values['jixiao_stage_seconds{stage="build"}']) > 0
    assert {name for name in values if name.startswith("jixiao_findings")}
    described = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name.partition("{")[0] for name in values} == described


@pytest.mark.parametrize("words", [["health", "--listen", "127.0.0.1:*"], ["explore", "--port", "*"]])
def test_an_address_that_is_taken_is_said(words: list[str], home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_jixiao(*(word.replace("*", port) for word in words), home=home.root)
    assert done.returncode == 1
    assert f"Nothing can be served at 127.0.0.1:{port}: Address already in use" in done.stderr
    assert "无法在" in done.stderr


def test_json_lines(home: Home) -> None:
    (home.landing / "2024").mkdir(parents=True)
    (home.landing / "2024" / "x.txt").write_text("无", "utf-8")
    (home.root / "alerts.yml").write_text("channel: {}", "utf-8")
    shutil.rmtree(home.landing)
    done = run_jixiao("load", "--source", home.landing, home=home.root, JIXIAO_LOG_FORMAT="json")
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert done.returncode == 1
    assert any("alerts could not be sent" in line["message"] for line in lines)
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
