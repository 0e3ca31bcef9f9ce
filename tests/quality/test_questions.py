"""docs/questions.md: every query is asked of the published sample, and answers what the page says."""

import re
from pathlib import Path

import duckdb
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text("utf-8")
QUESTIONS = re.findall(
    r"^### (\d+\. [^\n]+)\n\n([^\n]+)\n\n```sql\n(.+?)\n```\n\n(.+?)(?=\n\n#|\n*\Z)", PAGE, re.M | re.S
)
NOTHING = "*No rows in the sample.* · *示例数据中没有。*"


def test_the_page_holds_forty_questions_in_both_languages() -> None:
    assert len(QUESTIONS) == PAGE.count("\n### ") >= 40
    assert [chinese for _, chinese, _, _ in QUESTIONS if not re.search(r"[一-鿿]", chinese)] == []


@pytest.mark.parametrize(("title", "sql", "answer"), [(title, sql, answer) for title, _, sql, answer in QUESTIONS])
def test_answer(sample_home: Path, title: str, sql: str, answer: str) -> None:
    with duckdb.connect(str(sample_home / "current" / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        asked = connection.execute(sql)
        names = [column[0] for column in asked.description or []]
        rows = asked.fetchall()
    assert _page(names, rows) == answer.strip(), title


@pytest.mark.parametrize(
    "asked",
    [
        "sources not add up",
        "targets were loosened",
        "projects came",
        "budget changed by more than half",
        "promised, and what came of it",
        "replaced by a later publication",
        "units are not in the list",
    ],
)
def test_what_the_sample_cannot_answer_is_answered_elsewhere(judged: duckdb.DuckDBPyConnection, asked: str) -> None:
    """One year of one city has no changes to speak of; the made-up years have."""
    [(sql, answer)] = [(sql, answer) for title, _, sql, answer in QUESTIONS if asked in title]
    assert answer.strip() == NOTHING
    cursor = judged.cursor()
    cursor.execute("use marts")
    assert cursor.execute(sql).fetchall() != []


def _page(names: list[str], rows: list[tuple]) -> str:
    if not rows:
        return NOTHING
    lines = [names, *rows]
    head, *body = ["| " + " | ".join(map(_cell, line)) + " |" for line in lines]
    return "\n".join([head, "|" + "---|" * len(names), *body])


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return shown.replace("|", "\\|").replace("\t", "⇥").replace("\n", " ")
