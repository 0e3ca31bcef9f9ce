"""Judging only what new documents touch gives what judging everything anew gives; decisions hold over loads."""

import csv
from pathlib import Path

import duckdb

from tests.quality.conftest import PROJECT, build
from tests.quality.forms import Form, instead, sound

TABLES = ("fct_quality_finding", "fct_rule_outcome", "fct_declaration_score")


def _rows(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    return {table: warehouse.execute(f"select * from marts.{table} order by all").fetchall() for table in TABLES}


def _text(*forms: Form) -> str:
    return "\n".join(form.text() for form in forms)


def _years(n: int, targets: dict[int, str]) -> dict[int, Form]:
    return {year: instead(n, "数量指标", "保障线路数量", target, year=year) for year, target in targets.items()}


def test_a_year_on_top_gives_what_a_build_from_nothing_gives(tmp_path: Path) -> None:
    one = _years(1, {2021: "≥30条", 2022: "≥30条", 2023: "≥30条"})
    two = _years(2, {2021: "≥30条", 2022: "≥20条", 2023: "≥10条"})
    documents = {
        "2021/a.txt": _text(one[2021], two[2021]),
        "2022/a.txt": _text(one[2022], two[2022]),
        "2023/a.txt": _text(one[2023], two[2023]),
    }
    at_once = _rows(build(tmp_path / "at once", documents))
    # The middle year comes last: it changes what the year after it is compared with.
    in_steps = tmp_path / "in steps"
    for names in (["2021/a.txt", "2023/a.txt"], list(documents)):
        warehouse = build(in_steps, {name: documents[name] for name in names})
        rows = _rows(warehouse)
        warehouse.close()
    assert rows == at_once
    assert {row[1] for row in rows["fct_quality_finding"]} >= {"Y1", "Y2", "B1"}


def test_a_document_on_top_changes_what_others_share_with_it(tmp_path: Path) -> None:
    """A third project with the same indicator, and a second of one name: findings of declarations that nobody touched."""

    def sharing(n: int, **said: str) -> Form:
        return instead(n, "社会效益指标", "基层运转保障比率", "≥91%", **said)

    documents = {
        "2023/a.txt": _text(sharing(1), sharing(2), sound(3, name="同名工程"), sound(4)),
        "2023/b.txt": _text(sharing(5), sound(6, name="同名工程")),
    }
    at_once = _rows(build(tmp_path / "at once", documents))
    in_steps = tmp_path / "in steps"
    build(in_steps, {"2023/a.txt": documents["2023/a.txt"]}).close()
    warehouse = build(in_steps, documents)
    assert _rows(warehouse) == at_once
    found = "select count(*) from marts.fct_quality_finding where rule_id = ? and contains(message_en, ?)"
    assert warehouse.execute(found, ["B1", "stands in 3 projects"]).fetchone() == (3,)
    assert warehouse.execute(found, ["F6", "declared 2 times"]).fetchone() == (2,)
    judged = f"attach '{in_steps}/warehouse.duckdb.work' as work (read_only)"
    warehouse.execute(judged)
    assert warehouse.execute("select count(*) from work.intermediate.int_judged_declaration").fetchone() == (5,)


def test_a_finding_keeps_its_key_when_the_document_is_laid_out_anew(tmp_path: Path) -> None:
    spoiled = instead(1, "质量指标", "工程质量", "优")
    first = build(tmp_path / "first", {"2023/a.txt": _text(spoiled)})
    again = build(tmp_path / "again", {"2023/b.txt": "\n\n\n" + _text(sound(2), spoiled)})
    keys = "select finding_key, line_no from marts.fct_quality_finding where rule_id = 'Q3'"
    (key, line), (key_again, line_again) = first.execute(keys).fetchone(), again.execute(keys).fetchone()  # type: ignore
    assert key == key_again
    assert line != line_again


def test_shipped_decisions_are_well_formed() -> None:
    with (PROJECT / "seeds" / "quality" / "quality_decision.csv").open(encoding="utf-8", newline="") as file:
        decisions = list(csv.DictReader(file))
    for decision in decisions:
        assert decision["decision"] in {"accepted", "explained"}
        assert all(decision[column] for column in ("finding_key", "decided_by", "decided_on", "reason", "about"))
