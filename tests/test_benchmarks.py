"""What the benchmarks compare does the work it claims: the plain loop reads the sample as the golden file has it."""

import json
from collections import Counter
from pathlib import Path

import duckdb

from benchmarks import questions
from benchmarks.generate import SAMPLE, forms
from benchmarks.line_loop import parse
from orchestration import dashboards

GOLDEN = json.loads((Path(__file__).parent / "golden/liuzhou-2023.json").read_text(encoding="utf-8"))


def test_the_plain_loop_does_the_same_work() -> None:
    read, indicators, lines = parse(SAMPLE.read_text(encoding="utf-8"))
    assert len(lines) == 590
    assert [form["project_code"] for form in read] == [form["project_code"] for form in GOLDEN]
    assert [form["money"]["total"] for form in read] == [form["funding"]["total"] for form in GOLDEN]
    expected = [(indicator, number) for number, form in enumerate(GOLDEN, 1) for indicator in form["indicators"]]
    for mine, (theirs, number) in zip(indicators, expected, strict=True):
        said = {"form": number, "line": theirs["line"], "content": theirs["content"], "value": theirs["value_raw"]}
        assert {key: mine[key] for key in ("form", "line", "content")} == {
            key: said[key] for key in ("form", "line", "content")
        }
        assert (mine["level1"], mine["level2"]) == (theirs["level1"], theirs["level2"]), theirs
        assert mine["kind"] == theirs["target"]["kind"], theirs
        if mine["kind"] == "numeric":
            assert mine["operator"] == theirs["target"]["operator"], theirs
            assert mine["unit"] == theirs["target"]["unit"], theirs
        if mine["kind"] == "deadline":
            assert str(mine["end"]) == theirs["target"]["end"], theirs


def test_generated_forms_are_as_distinct_as_promised() -> None:
    cells = [
        cell for form in forms(count=400) for line in form.split("\n") for cell in line.split("\t") if cell.strip()
    ]
    assert len(set(cells)) / len(cells) > 1 / 3


def test_what_bi_tools_ask_is_read_from_where_it_stands(sample_home: Path) -> None:
    with duckdb.connect(str(sample_home / "current" / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        asked = questions.questions(connection)
        for sql in asked.values():
            connection.execute(sql)
        (line,) = connection.execute(
            asked["recipes", "Which very line of the document is an indicator from?"]
        ).fetchall()
    assert "图书馆流通人次" in line[-1]
    kinds = Counter(kind for kind, _name in asked)
    assert kinds["charts"] == len(dashboards.charts())
    assert kinds["recipes"] == questions.PAGE.read_text("utf-8").count("```sql")
    assert all("where fiscal_year = 2023" in sql for (kind, _), sql in asked.items() if kind == "charts of a year")
