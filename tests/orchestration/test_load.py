"""The main job from the command line, end to end: what it publishes, what it says, what it leaves when it must not."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from orchestration import release
from orchestration.explorer import app
from orchestration.home import SAMPLE, Home
from tests.conftest import JIXIAO, run_jixiao

DOCUMENT = SAMPLE / "2023" / "liuzhou-2023.txt"


def ask(home: Path, sql: str) -> list[dict[str, Any]]:
    done = run_jixiao("query", "--format", "json", sql, home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def landed(home: Path, *documents: tuple[str, bytes]) -> None:
    for name, data in documents:
        file = home / "landing" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    """A home of its own with the published sample."""
    return Path(shutil.copytree(sample_home, tmp_path / "home", symlinks=True))


def test_the_first_load_publishes_the_sample_and_says_what_matters(
    sample_load: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    home, done = sample_load
    said = " ".join(done.stdout.split())
    for words in (
        "documents 文件 1",
        "forms 申报表 25",
        "indicators 指标 240",
        "findings: error",
        "warehouse.duckdb",
        "took 用时",
    ):
        assert words in said
    assert "\x1b" not in done.stdout, "colours on a pipe"
    assert done.stderr == "", "a newcomer reads what no one has written for them"
    for entry in ("archive", "lake", "warehouse", "releases", "current", "quality"):
        assert (home / entry).exists()
    assert (home / "current").is_symlink()
    manifest = json.loads((home / "current" / "manifest.json").read_text("utf-8"))
    assert manifest["rows"]["fct_indicator_target"] == 240
    assert [document["file_name"] for document in manifest["documents"]] == ["2023/liuzhou-2023.txt"]
    assert ask(home, "select release_id from release") == [{"release_id": manifest["release_id"]}]
    assert release.verify(release.Release((home / "current").resolve())) == []


def test_pages_of_the_release_need_no_network(sample_home: Path) -> None:
    pages = list((sample_home / "current" / "quality").rglob("*.html"))
    assert (sample_home / "current" / "quality" / "index.html") in pages
    assert len(pages) > 20
    for page in pages:
        text = page.read_text("utf-8")
        assert "src=" not in text, page
        assert "@import" not in text, page
        assert "<link" not in text, page
        assert "<style>" in text, page


def test_a_load_and_a_run_in_dagster_share_one_history(sample_home: Path) -> None:
    import dagster as dg
    from dagster._core.instance.ref import InstanceRef

    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(sample_home / "dagster"))) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("load", dg.DagsterRunStatus.SUCCESS)
        assert instance.get_materialized_partitions(dg.AssetKey(["lake", "form"])) == {"2023"}
        event = instance.get_latest_materialization_event(dg.AssetKey(["marts", "fct_declaration"]))
        assert event is not None
        assert event.asset_materialization is not None
        assert event.asset_materialization.metadata["dagster/row_count"].value == 25
        gates = {"lake/form": "parsed", "marts/fct_declaration": "marts"}
        for asset, gate in gates.items():
            key = dg.AssetCheckKey(dg.AssetKey(asset.split("/")), gate)
            (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
            assert record.event is not None
            evaluation = record.event.asset_check_evaluation
            assert evaluation is not None
            assert evaluation.passed
            assert evaluation.blocking


UNCHANGED = """
import sys
from orchestration import load, progress
from orchestration.home import Home
from rich.console import Console
session = load.load(Home.at(sys.argv[1]), None, None, progress.reporter(Console()))
assert session.published is None
heavy = {"dagster", "dbt", "great_expectations", "pandas"} & set(sys.modules)
assert not heavy, heavy
"""


def test_unchanged_input_publishes_nothing_and_loads_nothing_heavy(sample_home: Path) -> None:
    before = os.readlink(sample_home / "current")
    subprocess.run([sys.executable, "-c", UNCHANGED, str(sample_home)], check=True)
    done = run_jixiao("load", home=sample_home)
    assert done.returncode == 0
    assert "Nothing has changed" in done.stdout
    assert "没有变化" in done.stdout
    assert os.readlink(sample_home / "current") == before


def test_documents_accumulate_bad_ones_are_named_and_nothing_is_lost(home: Path) -> None:
    text = DOCUMENT.read_text("utf-8")
    landed(
        home,
        ("2024/next.txt", text.replace("2023年", "2024年").encode("gb18030")),
        ("2024/again.txt", text.replace("2023年", "2024年").encode("gb18030")),
        ("2024/empty.txt", b""),
        ("2024/noise.txt", bytes(range(256)) * 40),
        ("2024/letter.txt", "各位同事：\n会议改在三楼。\n".encode()),
        ("2024/cut.txt", text.encode()[:1500]),
        ("2024/crlf.txt", text.replace("\n", "\r\n").replace("2023年", "2022年").encode("utf-16")),
        ("2024/.DS_Store", b"x"),
    )
    done = run_jixiao("load", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "liuzhou-2023.txt" in done.stdout, "a document that left the landing folder is not said"
    by_year = ask(
        home,
        "select fiscal_year, count(*) as n from fct_declaration group by all order by 1",
    )
    assert {row["fiscal_year"]: row["n"] for row in by_year}[2024] == 25
    assert {row["fiscal_year"]: row["n"] for row in by_year}[2023] >= 25
    names = {row["file_name"] for row in ask(home, "select file_name from dim_document")}
    assert {"2023/liuzhou-2023.txt", "2024/empty.txt", "2024/noise.txt", "2024/letter.txt", "2024/cut.txt"} <= names
    assert len(names & {"2024/next.txt", "2024/again.txt"}) == 1
    unread = {
        row["file_name"]
        for row in ask(home, "select distinct file_name from quarantine join dim_document using (document_id)")
    }
    assert {"2024/empty.txt", "2024/noise.txt", "2024/letter.txt"} <= unread
    listed = run_jixiao("quarantine", home=home)
    assert "2024/noise.txt" in listed.stdout
    lost = ask(
        home,
        "select file_name from dim_document as d left join source_line using (document_id)"
        " group by d.document_id, file_name, line_count having count(line_no) <> line_count",
    )
    assert lost == []
    changes = json.loads((home / "current" / "manifest.json").read_text("utf-8"))["changes"]
    assert changes["tables"]["fct_declaration"]["rows_added"] >= 25
    (added,) = ask(
        home,
        "select value_after::int as n, previous_release_id from release_change"
        " where table_name = 'fct_declaration' and change_kind = 'rows_added'",
    )
    assert added["n"] == changes["tables"]["fct_declaration"]["rows_added"]
    said = run_jixiao("compare", home=home).stdout
    assert said.startswith(added["previous_release_id"])
    assert re.search(r"fct_declaration +│ +25 ", said)
    assert "fct_declaration" in (home / "current" / "changes.html").read_text("utf-8")

    for name in ("2024/cut.txt", "2024/noise.txt"):
        withdrawn = run_jixiao("withdraw", name, "--reason", "cut off", home=home)
        assert withdrawn.returncode == 0, withdrawn.stderr
    done = run_jixiao("load", "--home", home, home=home.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    said_after_a_withdrawal(home, done.stdout)
    assert ask(home, "select status from dim_document where file_name = '2024/cut.txt'") == [{"status": "withdrawn"}]
    in_force = ask(
        home, "select 1 from fct_declaration join dim_document using (document_id) where file_name = '2024/cut.txt'"
    )
    assert in_force == []
    # What was judged and compared is what the withdrawal has touched; what was built is what is served.
    manifest = json.loads((home / "current" / "manifest.json").read_text("utf-8"))
    assert {gate["since"] for gate in manifest["gates"].values()} == {manifest["previous"]}
    assert f"since release {manifest['previous']}" in (home / "current" / "quality" / "index.html").read_text("utf-8")
    assert not (home / "warehouse" / "warehouse.duckdb").exists()

    rolled = run_jixiao("rollback", home=home)
    assert rolled.returncode == 0, rolled.stderr
    assert ask(home, "select status from dim_document where file_name = '2024/cut.txt'") == [{"status": "read"}]
    assert run_jixiao("releases", home=home).stdout.count("\n") == 3

    # After the rollback all is judged again; then a document without any form comes on top.
    for number in (4, 5):
        landed(home, (f"2024/letter{number}.txt", f"各位同事：\n会议改在{number}楼。\n".encode()))
        done = run_jixiao("load", home=home)
        assert done.returncode == 0, done.stdout + done.stderr
        name = f"2024/letter{number}.txt"
        assert ask(home, f"select 1 as n from dim_document where file_name = '{name}'") == [{"n": 1}]
    assert partitions_of_the_last_run(home) == ("2024", "2024"), "years of which no document was read"


def said_after_a_withdrawal(home: Path, said: str) -> None:
    """What was withdrawn has been seen to; commands that are proposed lead to the home that was named."""
    assert f"uv run jixiao quarantine --home {home}\n" in said, "the next commands would look elsewhere"
    assert f"DAGSTER_HOME={home}/dagster JIXIAO_HOME={home} uv run dagster dev\n" in said
    (unread,) = ask(
        home,
        "select sum(line_end - line_start + 1)::int as lines, count(*) as n"
        " from quarantine join dim_document using (document_id) where status <> 'withdrawn'",
    )
    assert f"quarantined lines 隔离行 {unread['lines']} " in " ".join(said.split())
    assert "2024/noise.txt" not in run_jixiao("quarantine", home=home).stdout, "it was seen to"
    assert f"未能读懂的内容 {unread['n']} 处" in (home / "current" / "report.html").read_text("utf-8")
    counted = ask(home, "select count(*) as n from fct_declaration")[0]["n"]
    page = TestClient(app.build(Home.at(home)), base_url="http://127.0.0.1").get("/about").text
    assert f'<code>fct_declaration</code></td><td class="number">{counted}</td>' in page, "rows that are gone count"


def partitions_of_the_last_run(home: Path) -> tuple[str, str]:
    """The first and the last fiscal year of which Dagster's newest run says to be."""
    import dagster as dg
    from dagster._core.instance.ref import InstanceRef

    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home / "dagster"))) as instance:
        (run,) = instance.get_runs(limit=1)
    return run.tags["dagster/asset_partition_range_start"], run.tags["dagster/asset_partition_range_end"]


def test_a_gate_that_blocks_leaves_the_last_release_and_says_why_and_accepting_heals(home: Path) -> None:
    served = os.readlink(home / "current")
    shown = run_jixiao("baseline", home=home)
    assert "fct_declaration.project_code" in shown.stdout
    assert "proposed 待确认" in shown.stdout
    assert run_jixiao("baseline", "accept", "2023", home=home).returncode == 2, "accepted without a reason"
    nothing = run_jixiao("baseline", "accept", "1999", "--reason", "why", home=home)
    assert nothing.returncode == 1
    assert "2023" in nothing.stderr

    accepted = run_jixiao("baseline", "accept", "2023", "--reason", "counted by hand", home=home)
    assert accepted.returncode == 0, accepted.stderr
    file = home / "baselines.yml"
    entries = yaml.safe_load(file.read_text("utf-8"))
    (forms,) = [entry for entry in entries if entry["metric"] == "forms"]
    assert (forms["value"], forms["reason"]) == (25, "counted by hand")
    forms["value"] = 99
    file.write_text(yaml.safe_dump(entries), "utf-8")
    done = run_jixiao("load", home=home)
    assert done.returncode == 1
    assert "blocked" in done.stderr
    assert "阻止" in done.stderr
    assert "value=25" in done.stderr, "the offending figures are not shown"
    assert "baseline accept" in done.stderr
    assert os.readlink(home / "current") == served
    assert run_jixiao("query", "select 1", home=home).returncode == 0

    healed = run_jixiao("baseline", "accept", "--reason", "99 was a slip of the pen", home=home)
    assert "99 → 25" in healed.stdout
    assert run_jixiao("load", home=home).returncode == 0
    shown = run_jixiao("baseline", home=home).stdout
    assert "99 was a slip of the pen" in shown
    assert "proposed" not in shown


def running(home: Path) -> Iterator[str]:
    """Start a load and give its lines as they come; kill -9 when the caller has seen enough."""
    process = subprocess.Popen(
        [JIXIAO, "load"],
        env={**os.environ, "JIXIAO_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        yield from process.stdout
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_a_load_killed_on_the_way_leaves_the_last_release_and_the_next_one_works(home: Path) -> None:
    served = os.readlink(home / "current")
    landed(home, ("2024/next.txt", DOCUMENT.read_text("utf-8").replace("2023年", "2024年").encode()))
    lines = running(home)
    assert any("Build the warehouse" in line for line in lines)
    lines.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert os.readlink(home / "current") == served
    assert release.verify(release.Release((home / "current").resolve())) == []
    done = run_jixiao("load", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(home, "select count(*) as n from fct_declaration") == [{"n": 50}]
    assert not list(Home.at(home).releases.glob(".*"))
