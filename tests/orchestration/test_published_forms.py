"""Every golden form through a whole load: what an officer reads is what the published tables say."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.builders.containers import write_docx, write_html, write_xlsx
from tests.conftest import run_jixiao
from tests.ingest.golden_forms import FOLDER, FORM_CELLS, execution, golden, indicators, names
from tests.ingest.test_golden_containers import blocks

WRITERS = {"docx": write_docx, "html": write_html, "xlsx": write_xlsx}
PUBLISHED = {*FORM_CELLS, "form_type", "fiscal_year", "region_code"}
"""Cells of a golden form that fct_declaration shows."""
Row = dict[str, Any]
Tables = dict[str, dict[tuple[str, int], list[Row]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The published rows of each form: table → (golden form, its place in it) → rows in their order."""
    folder = tmp_path_factory.mktemp("forms")
    for number, name in enumerate(names()):
        one = golden(name)
        year = folder / "landing" / str(one.expected.get("folder_year", ""))
        year.mkdir(parents=True, exist_ok=True)
        if (FOLDER / f"{name}.txt").exists():
            (year / f"{name}.txt").write_bytes((FOLDER / f"{name}.txt").read_bytes())
        else:
            extension = sorted(WRITERS)[number % len(WRITERS)]
            WRITERS[extension](blocks(one), year / f"{name}.{extension}")
    done = run_jixiao("load", "--source", folder / "landing", home=folder / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    found: Tables = {}
    with duckdb.connect(str(folder / "home" / "current" / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        connection.execute(
            # Forms that are recognised and refused have numbers too.
            "create temp table of as select v.declaration_key, v.is_in_force, v.document_id, v.status,"
            " row_number() over (partition by v.document_id order by v.form_no) as form,"
            r" regexp_extract(file_name, '([^/]+)\.\w+$', 1) as name from fct_declaration_version as v"
            " join dim_document using (document_id)"
        )
        found["versions"] = defaultdict(list)
        for name, form, status in connection.execute("select name, form, status from of").fetchall():
            found["versions"][name, form].append({"status": status})
        for table, order in {
            "fct_declaration": "form_no",
            "fct_project_funding": "funding_source",
            "fct_budget_execution": "table_no, line_no",
            "fct_indicator_target": "indicator_no",
            "fct_indicator_result": "indicator_no",
        }.items():
            rows = connection.execute(
                f"select of.name, of.form, t.* from {table} as t join of using (declaration_key, document_id)"
                f" where of.is_in_force order by {order}"
            )
            columns = [column[0] for column in rows.description]
            found[table] = defaultdict(list)
            for row in rows.fetchall():
                found[table][row[0], row[1]].append(dict(zip(columns, row, strict=True)))
    return found


@pytest.mark.parametrize("name", names())
def test_a_golden_form_is_published_as_it_is_read(tables: Tables, name: str) -> None:
    wrong = []
    for form_no, wanted in enumerate(golden(name).expected.get("forms") or [], 1):
        of = name, form_no
        (version,) = tables["versions"][of]
        if version["status"] == "superseded":
            continue  # another golden form declares the same project and year
        (form,) = tables["fct_declaration"][of]
        wrong += _cells(f"form {form_no}", {k: v for k, v in wanted.items() if k in PUBLISHED}, form)
        sources = {row["funding_source"]: row["amount_yuan"] for row in tables["fct_project_funding"][of]}
        wrong += _cells(
            f"form {form_no} funding", {k: _sum(v) for k, v in (wanted.get("funding") or {}).items()}, sources
        )
        for table, rows in (
            ("fct_budget_execution", execution(wanted)),
            ("fct_indicator_target", indicators(wanted)),
            ("fct_indicator_result", [row for row in indicators(wanted) if "actual_raw" in row]),
        ):
            published = tables[table][of]
            if len(rows) != len(published):
                wrong.append(f"form {form_no} {table}: {len(rows)} rows expected, not {len(published)}")
            for number, (row, read) in enumerate(zip(rows, published, strict=False), 1):
                wrong += _cells(f"form {form_no} {table} {number}", {k: v for k, v in row.items() if k in read}, read)
    assert not wrong, "\n".join(wrong)


def test_a_document_has_no_other_forms_than_the_golden_ones(tables: Tables) -> None:
    golden_forms = {(name, n) for name in names() for n in range(1, 1 + len(golden(name).expected.get("forms") or []))}
    assert {of for of, versions in tables["versions"].items() if versions} == golden_forms
    superseded = [of for of, (version,) in tables["versions"].items() if version["status"] == "superseded"]
    assert len(superseded) < len(golden_forms) / 10, superseded


def _sum(amounts: Any) -> Any:
    """Return the amount of a source, which is printed once or on several lines."""
    printed = [amount for amount in (amounts if isinstance(amounts, list) else [amounts]) if amount is not None]
    return sum(printed) if printed else None


def _cells(where: str, wanted: Row, read: Row) -> list[str]:
    return [
        f"{where} {name}: expected {value!r}, published {read.get(name)!r}"
        for name, value in wanted.items()
        if _plain(value) != _plain(read.get(name))
    ]


def _plain(value: Any) -> Any:
    """Return numbers as numbers, everything else as text."""
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)
