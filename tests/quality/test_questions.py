"""docs/questions.md and its Chinese twin: every query is asked of the published sample, and answers what the pages say."""

import re
from pathlib import Path

import duckdb
import pytest

DOCS = Path(__file__).parents[2] / "docs"
NOTHING = {"*No rows in the sample.*", "*示例数据中没有。*"}


def read(page: str) -> list[tuple[str, str, str]]:
    """Return the questions of a page: title, query, answer."""
    text = (DOCS / page).read_text("utf-8")
    found = re.findall(r"^### (\d+\. [^\n]+)\n\n```sql\n(.+?)\n```\n\n(.+?)(?=\n\n#|\n*\Z)", text, re.M | re.S)
    assert len(found) == text.count("\n### ")
    return found


QUESTIONS = read("questions.md")


def test_both_pages_ask_the_same_forty_questions() -> None:
    chinese = read("questions.zh-CN.md")
    assert len(QUESTIONS) >= 40
    assert [sql for _, sql, _ in chinese] == [sql for _, sql, _ in QUESTIONS]
    assert [answer for *_, answer in chinese if answer not in NOTHING] == [
        answer for *_, answer in QUESTIONS if answer not in NOTHING
    ]
    assert [title for title, *_ in QUESTIONS if re.search(r"^\d+\. [^A-Z]", title)] == []
    assert [title for title, *_ in chinese if not re.search(r"^\d+\. .*[一-鿿]", title)] == []


@pytest.mark.parametrize(("title", "sql", "answer"), QUESTIONS)
def test_answer(sample_home: Path, title: str, sql: str, answer: str) -> None:
    with duckdb.connect(str(sample_home / "current" / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        asked = connection.execute(sql)
        names = [column[0] for column in asked.description or []]
        rows = asked.fetchall()
    assert (answer in NOTHING) if not rows else _page(names, rows) == answer.strip(), title


@pytest.mark.parametrize(
    ("title", "sql"), [(title, sql) for title, sql, answer in QUESTIONS if answer.strip() in NOTHING]
)
def test_what_the_sample_cannot_answer_is_answered_elsewhere(
    judged: duckdb.DuckDBPyConnection, title: str, sql: str
) -> None:
    """One year of one city has no changes to speak of; the made-up years have."""
    cursor = judged.cursor()
    cursor.execute("use marts")
    assert cursor.execute(sql).fetchall() != [], title


def _page(names: list[str], rows: list[tuple]) -> str:
    lines = [names, *rows]
    head, *body = ["| " + " | ".join(map(_cell, line)) + " |" for line in lines]
    return "\n".join([head, "|" + "---|" * len(names), *body])


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return shown.replace("|", "\\|").replace("\t", "⇥").replace("\n", " ")
