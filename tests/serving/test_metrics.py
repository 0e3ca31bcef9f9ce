"""Metrics are defined once: what the definitions compute is what anyone would count by hand."""

from decimal import Decimal

import duckdb
import pytest

from orchestration import metrics

MEASURABLE = {"numeric", "deadline", "milestones", "frequency"}


def rows(marts: duckdb.DuckDBPyConnection, table: str, *columns: str) -> list[tuple]:
    return marts.execute(f"select {', '.join(columns)} from {table}").fetchall()


def by_hand(marts: duckdb.DuckDBPyConnection, year: int) -> dict[str, Decimal | float | int | None]:
    """Compute the metrics of one year without SQL's help."""
    declared = [
        row
        for row in rows(
            marts, "fct_declaration", "declaration_key", "fiscal_year", "project_id", "department_id", "total_yuan"
        )
        if row[1] == year
    ]
    keys = {row[0] for row in declared}
    kinds = [kind for key, kind in rows(marts, "fct_indicator_target", "declaration_key", "target_kind") if key in keys]
    severities = [
        found for key, found in rows(marts, "fct_quality_finding", "declaration_key", "severity") if key in keys
    ]
    scores = [
        score
        for key, score in rows(marts, "fct_declaration_score", "declaration_key", "score")
        if key in keys and score is not None
    ]
    moved = [
        change for key, change in rows(marts, "fct_indicator_change", "declaration_key", "target_change") if key in keys
    ]
    money = [
        amount or 0
        for key, amount in rows(marts, "fct_project_funding", "declaration_key", "amount_yuan")
        if key in keys
    ]
    compared = [change for change in moved if change in ("tightened", "loosened", "unchanged")]
    return {
        "declarations": len(declared),
        "projects": len({row[2] for row in declared}),
        "departments": len({row[3] for row in declared if row[3]}),
        "budget": sum(row[4] or 0 for row in declared),
        "funding": sum(money),
        "indicators": len(kinds),
        "quantified_indicators": kinds.count("numeric"),
        "measurable_indicators": sum(kind in MEASURABLE for kind in kinds),
        "share_quantified": kinds.count("numeric") / len(kinds),
        "share_measurable": sum(kind in MEASURABLE for kind in kinds) / len(kinds),
        "findings": len(severities),
        "errors": severities.count("error"),
        "findings_per_declaration": len(severities) / len(declared),
        "mean_score": sum(scores) / len(scores),
        "targets_compared": len(compared),
        "targets_loosened": compared.count("loosened"),
        "targets_tightened": compared.count("tightened"),
        "share_loosened": compared.count("loosened") / len(compared) if compared else None,
    }


MEASURED = f"select * from fct_declaration left join ({metrics.per_declaration()}) using (declaration_key)"


@pytest.mark.parametrize(
    "question",
    [
        metrics.question(metrics.catalogue(), ("fiscal_year",)),
        metrics.question(metrics.catalogue(), ("fiscal_year",), MEASURED, measured=True),
        metrics.yearly(metrics.catalogue()),
        metrics.yearly(metrics.catalogue(), [2022, 2023, 2024]),
    ],
    ids=["facts", "measured", "aggregates", "years"],
)
def test_every_metric_is_what_one_counts_by_hand(marts: duckdb.DuckDBPyConnection, question: str) -> None:
    answer = marts.sql(question)
    computed = {row[0]: dict(zip(answer.columns[1:], row[1:], strict=True)) for row in answer.fetchall()}
    assert set(computed) == {2022, 2023, 2024}
    for year, figures in computed.items():
        expected = by_hand(marts, year)
        assert set(expected) == set(figures)
        for name, value in expected.items():
            shown = None if figures[name] is None else float(figures[name])
            assert shown == (None if value is None else pytest.approx(float(value))), (year, name)


def test_other_years_are_left_out(marts: duckdb.DuckDBPyConnection) -> None:
    every = marts.sql(
        f"select * from ({metrics.yearly(metrics.catalogue())}) where fiscal_year in (2022, 2024) order by 1"
    )
    some = marts.sql(f"select * from ({metrics.yearly(metrics.catalogue(), [2022, 2024])}) order by 1")
    assert some.fetchall() == every.fetchall()


def test_without_groups_the_answer_is_one_row_also_of_nothing(marts: duckdb.DuckDBPyConnection) -> None:
    chosen = "select * from fct_declaration where false"
    answer = marts.sql(metrics.question(("declarations", "budget", "share_quantified", "mean_score"), chosen=chosen))
    assert answer.fetchall() == [(0, 0, None, None)]
    nothing = f"select * from ({MEASURED}) where false"
    question = metrics.question(metrics.catalogue(), chosen=nothing, measured=True)
    assert marts.sql(question).fetchall() == marts.sql(metrics.question(metrics.catalogue(), chosen=chosen)).fetchall()


def test_metrics_of_one_table_are_one_expression(marts: duckdb.DuckDBPyConnection) -> None:
    for metric in metrics.catalogue().values():
        if len(metric.tables) == 1:
            table = next(iter(metric.tables))
            assert marts.sql(f"select {metric.sql} from {table}").fetchall()
    with pytest.raises(ValueError, match="fct_quality_finding"):
        _ = metrics.catalogue()["findings_per_declaration"].sql


def test_labels_are_bilingual() -> None:
    for metric in metrics.catalogue().values():
        assert metric.label_en.isascii()
        assert any("一" <= character <= "龥" for character in metric.label_zh)
        assert metric.unit in {"count", "yuan", "share", "ratio", "score"}
