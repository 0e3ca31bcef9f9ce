"""Builds a warehouse of made-up documents, the way a load does: documents → lake → dbt."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from ingest import batches, documents, lake

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dbt_project"
EVALUATED = ROOT / "tests" / "golden" / "forms" / "i-self-evaluation.txt"
Frames = dict[str, pl.DataFrame]
_manifest: list[Any] = []


def build(
    folder: Path, texts: Mapping[str, str], change: Callable[[Frames], Frames] = lambda frames: frames
) -> duckdb.DuckDBPyConnection:
    """Load `texts` (file name under the landing folder → text) into `folder`; return the warehouse, read only."""
    for name, text in texts.items():
        file = folder / "landing" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        # A later name is a later publication, however fast files are written.
        day = 1_700_000_000 + 86_400 * sorted(texts).index(name)
        os.utime(file, (day, day))
    writer = lake.Writer(folder / "lake")
    for batch in batches.frames(documents.scan(folder / "landing"), "test"):
        writer.add(change(batch.frames), batch.years)
    writer.commit()
    _dbt(folder)
    return duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)


def _dbt(folder: Path) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ |= {
        "JIXIAO_LAKE": str(folder / "lake"),
        "JIXIAO_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "JIXIAO_REFERENCE": str(ROOT / "ingest" / "reference"),
    }
    here = Path.cwd()
    places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", folder / "target"]
    options = [*map(str, places), "--log-path", str(folder / "logs"), "--log-level", "none"]
    try:
        if not _manifest:  # One parse serves every warehouse.
            _manifest.append(dbtRunner().invoke(["parse", *options]).result)
        result = dbtRunner(_manifest[0]).invoke(["build", "--exclude-resource-type", "unit_test", *options])
    finally:
        DuckDBConnectionManager.close_all_connections()
        os.chdir(here)  # dbt goes to the project's folder and stays there
    assert result.exception is None, result.exception
    runs = getattr(result.result, "results", [])
    bad = [(run.node.name, run.message) for run in runs if run.status in ("error", "fail")]
    assert not bad, bad


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Every case of cases.py and every wording of wordings.csv in one warehouse."""
    from tests.quality.cases import CASES
    from tests.quality.wordings import WORDINGS

    texts: dict[str, list[str]] = {}
    for case in CASES:
        folder = case.folder or case.form.year
        texts.setdefault(f"{folder}/forms.txt", []).append(case.form.text())
        for form in case.others:
            texts.setdefault(f"{form.year}/forms.txt", []).append(form.text())
        for form in case.later:
            texts.setdefault(f"{form.year}/later.txt", []).append(form.text())
    texts["2023/evaluated.txt"] = [EVALUATED.read_text("utf-8")]
    texts["2023/wordings.txt"] = [wording.form.text() for wording in WORDINGS]
    documents = {name: "\n".join(forms) for name, forms in texts.items()}
    return build(tmp_path_factory.mktemp("judged"), documents, _as_if_read)


NOTICED = {"明日之事": "of_tomorrow", "评分有误": "score_not_a_number"}
"""Project name → what the reader is to have noticed there."""
UNREAD = "缺行项目"
"""The project of which one line is to lie in quarantine."""


def _as_if_read(frames: Frames) -> Frames:
    """Add what no text brings about for sure: notices, and a line that could not be read."""
    at = frames["form"].select("document_id", "form_no", "table_no", "line_start", "project_name")
    noticed = at.filter(pl.col("project_name").is_in(list(NOTICED))).select(
        *("document_id", "form_no", "table_no"),
        line_no="line_start",
        indicator_no=pl.lit(None, pl.UInt32),
        code=pl.col("project_name").replace_strict(NOTICED, return_dtype=pl.String),
        evidence="project_name",
    )
    unread = at.filter(project_name=UNREAD).select(
        *("document_id", "form_no", "table_no", "line_start"),
        line_end="line_start",
        **{name: pl.lit("?") for name in ("raw_text", "reason", "hint", "hint_zh")},
    )
    return {
        **frames,
        "notice": pl.concat([frames["notice"], noticed]),
        "quarantine": pl.concat([frames["quarantine"], unread]),
    }
