"""The gate after parsing: it lets a good lake through, and each of its checks bites on a lake broken for it."""

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations import gate, suites
from ingest import batches, documents
from tests.builders.containers import write_docx
from tests.builders.layout import plain
from tests.expectations.lakes import write_lake
from tests.ingest.golden_forms import FOLDER

Frames = dict[str, pl.DataFrame]
TITLES = [check.title_en for check in suites.load("parsed").checks]

first = pl.int_range(pl.len()) == 0


def change(table: str, where: pl.Expr | None = None, **columns: object) -> "Break":
    """Break `table`: set columns to values, in its first row or where `where` says."""

    def apply(frames: Frames) -> Frames:
        frame = frames[table]
        hit = first if where is None else (where & (where.cast(pl.Int32).cum_sum() == 1))
        changed = frame.with_columns(
            pl.when(hit)
            .then(pl.lit(value, dtype=frame.schema[name]) if not isinstance(value, pl.Expr) else value)
            .otherwise(name)
            .alias(name)
            for name, value in columns.items()
        )
        assert not changed.equals(frame), "this break breaks nothing"
        return frames | {table: changed}

    return apply


def twice(table: str) -> "Break":
    """Break `table`: its first row stands there twice."""
    return lambda frames: frames | {table: pl.concat([frames[table], frames[table].head(1)])}


def without(*tables: str) -> "Break":
    """Break tables: their rows are gone."""
    return lambda frames: frames | {table: frames[table].clear() for table in tables}


def less(table: str) -> "Break":
    """Break `table`: its first row is lost."""
    return lambda frames: frames | {table: frames[table].slice(1)}


Break = object
KIND = pl.col("target_kind")
BREAKS = {
    "At least one document is loaded": without("document"),
    **{
        f"document: {column} is filled": change("document", **{column: None})
        for column in ("document_id", "file_name", "status", "line_count", "form_count", "code_version")
    },
    "A document that was read has a format and a size": change("document", format=None),
    "A document is in the lake once": twice("document"),
    "A document has one of the known states": change("document", status="lost"),
    "Every line of a document is in source_line": less("source_line"),
    "The document's form count is the number of its forms": less("form"),
    "A document that could not be read is in the quarantine": lambda frames: change("document", status="quarantined")(
        without("quarantine")(frames)
    ),
    "At least one form was read": without("form"),
    **{
        f"form: {column} is filled": change("form", **{column: None})
        for column in ("document_id", "form_no", "line_start", "line_end", "family", "form_type", "indicator_count")
    },
    "A form has one of the known types": change("form", form_type="letter"),
    "Document and form number name one form": twice("form"),
    "A form ends after it begins": change("form", line_end=1, line_start=2),
    "A form belongs to a loaded document": change("form", document_id="nobody"),
    "No amount without a printed unit of money": change("form", pl.col("total_yuan").is_not_null(), money_unit=None),
    "The form's indicator count is the number of its indicators": less("indicator"),
    "A fiscal year is a year": change("form", fiscal_year=202),
    "A funding row has a known source": change("funding", funding_source="lottery"),
    "A funding row belongs to a form": change("funding", form_no=999),
    **{
        f"indicator: {column} is filled": change("indicator", **{column: None})
        for column in ("document_id", "form_no", "indicator_no", "line_no")
    },
    "Document, form and number name one indicator": twice("indicator"),
    "A target is of a known kind": change("indicator", target_kind="guess"),
    "An operator is one of the six": change("indicator", operator="≥"),
    "A printed target has a kind": change("indicator", KIND == "qualitative", target_kind=None),
    "A numeric target has its operator and its number": change("indicator", KIND == "numeric", target_value=None),
    "A deadline has its date": change("indicator", KIND == "deadline", due_on=None),
    "A target of milestones has its steps": without("milestone"),
    "A target kept as words keeps its words": change("indicator", KIND == "qualitative", target_text=" "),
    "A range runs upwards": change("indicator", KIND == "numeric", target_value_max=pl.col("target_value") - 1),
    "An indicator belongs to a form": change("indicator", form_no=999),
    "Every line has a disposition": change("source_line", disposition=None),
    "A line is in the ledger once": twice("source_line"),
    "A quarantined line is in the quarantine": change(
        "source_line", pl.col("disposition") == "label", disposition="quarantined"
    ),
    **{
        f"quarantine: {column} is filled": change("quarantine", **{column: None})
        for column in ("document_id", "line_start", "line_end", "reason", "hint", "hint_zh")
    },
}


def test_a_good_lake_passes(good_frames: Frames, tmp_path: Path) -> None:
    result = gate.run("parsed", write_lake(good_frames, tmp_path / "lake"), tmp_path / "quality")
    assert [failure for failure in result.failures if failure.blocks] == []
    assert result.passed
    assert result.checked >= len(TITLES)


PARAGRAPHS = [
    *(f"第{n}段说明" for n in range(9)),
    "2024年度项目支出绩效目标申报表",
    "项目名称：消防站运行",
    "年度资金总额：80万元",
]
TABLE = [["一级指标", "二级指标", "三级指标", "指标值"], ["产出指标", "数量指标", "运行消防站", "6个"]]


def test_what_can_be_read_never_blocks(tmp_path: Path) -> None:
    """All golden forms, and one that stands in paragraphs with a table of few rows behind them."""
    folder = tmp_path / "landing" / "2023"
    folder.mkdir(parents=True)
    for path in FOLDER.glob("*.txt"):
        shutil.copy(path, folder)
    write_docx([*PARAGRAPHS, plain(TABLE)], folder / "paragraphs.docx")
    parsed = [one.frames for one in batches.frames(documents.scan(folder.parent), "code")]
    frames = {table: pl.concat([one[table] for one in parsed]) for table in parsed[0]}
    forms = frames["form"].select("line_start", "line_end", "total_yuan", "money_unit")
    assert forms.filter(pl.col("line_end") < pl.col("line_start"), pl.col("total_yuan") == 800000).height == 1
    result = gate.run("parsed", write_lake(frames, tmp_path / "lake"), tmp_path / "quality")
    assert [(failure.title_en, failure.observed) for failure in result.failures if failure.blocks] == []


def test_the_gate_lets_go_of_the_file_that_it_has_judged(good_frames: Frames, tmp_path: Path) -> None:
    lake = write_lake(good_frames, tmp_path / "lake")
    gate.run("parsed", lake, tmp_path / "quality")
    with duckdb.connect(str(lake)) as connection:  # a file that is still open read only cannot be opened so
        connection.execute("create table written (nothing integer)")


def test_every_check_has_a_break() -> None:
    assert sorted(TITLES) == sorted(BREAKS)


@pytest.mark.parametrize("title", BREAKS)
def test_the_check_bites(title: str, good_frames: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = suites.load("parsed")
    only = [check for check in suite.checks if check.title_en == title]
    monkeypatch.setattr(suites, "load", lambda _: suites.Suite(suite.gate, suite.schema, only))
    result = gate.run("parsed", write_lake(BREAKS[title](good_frames), tmp_path / "lake"), tmp_path / "quality")
    (failure,) = [failure for failure in result.failures if failure.title_en == title]
    assert failure.blocks
    assert not result.passed
    assert failure.title_zh
    assert failure.count > 0 or failure.observed
    assert "rror" not in failure.observed, "the check could not be run"


def test_a_run_of_the_quarantine_covers_its_lines_and_no_more() -> None:
    (check,) = [c for c in suites.load("parsed").checks if c.title_en == "A quarantined line is in the quarantine"]
    assert check.rows
    with duckdb.connect() as connection:
        connection.execute(
            "create table source_line as select 'd' as document_id, t as table_no, n as line_no, '' as raw_text,"
            " 'quarantined' as disposition from range(1, 3) as a (t), range(1, 8) as b (n)"
            " union all select 'whole', 1, 1, '', 'quarantined'"
        )
        connection.execute(
            "create table quarantine (document_id varchar, table_no int, line_start int, line_end int);"
            " insert into quarantine values ('d', 1, 2, 5), ('d', 1, 3, 3), ('d', 1, 7, 7), ('whole', 0, 0, 0)"
        )
        lost = connection.execute(f"select table_no, line_no from ({check.rows}) order by all").fetchall()
    assert lost == [(1, 1), (1, 6), *((2, number) for number in range(1, 8))]
