"""Large tables that are written year by year hold what they hold when all years are written at once."""

from collections.abc import Callable

import pytest

from tests.dbt.checksums import checksums
from tests.dbt.conftest import Warehouse
from tests.dbt.lake_fixture import Document, golden, of_year
from tests.dbt.test_years import history

TABLES = ("fct_quality_finding", "fct_indicator_change")


def documents() -> list[Document]:
    """Years beside each other; forms that lie in another year's folder than the one they declare; a form of no year."""
    elsewhere = [*of_year(golden()[7:9], 2025), *golden()[9:12]]
    for number, form in enumerate(elsewhere):
        form |= {"project_code": f"45020023041220008000{number}", "project_name": f"另放的项目{number}"}
    after = of_year(elsewhere, 2024)
    undated = golden()[12:13]
    undated[0] |= {"fiscal_year": None, "project_code": None, "project_name": "未注明年度的项目"}
    return [
        *history(),
        Document("2025/elsewhere.txt", elsewhere),
        Document("2024/after.txt", after),
        Document("undated.txt", undated),
    ]


@pytest.fixture(scope="module")
def both(invoke: Callable[..., dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Warehouse]:
    def build(name: str, *options: str) -> Warehouse:
        warehouse = Warehouse(tmp_path_factory.mktemp(name), invoke).load(*documents())
        outcome = warehouse.build("--exclude", "resource_type:unit_test", *options)
        bad = {name: said for name, said in outcome.items() if said.startswith(("error", "fail", "skip"))}
        assert not bad, bad
        return warehouse

    return {
        "at once": build("once"),
        "year by year": build("years", "--vars", "year_by_year_above: 0"),
    }


def test_every_table_is_the_same(both: dict[str, Warehouse]) -> None:
    assert checksums(both["year by year"].database) == checksums(both["at once"].database)


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_a_year_lie_side_by_side(both: dict[str, Warehouse], table: str) -> None:
    runs = (
        f"select fiscal_year from (select rowid, fiscal_year, lag(fiscal_year, 1, -1) over (order by rowid) as before from {table})"
        " where fiscal_year is distinct from before"
    )
    years = both["year by year"].rows(runs)
    assert len(years) == len(set(years)) > 1


def test_what_lies_elsewhere_is_judged_and_compared(both: dict[str, Warehouse]) -> None:
    """Else the two would be the same for want of rows."""
    elsewhere = "project_code like '45020023041220008000%'"
    warehouse = both["year by year"]
    compared = warehouse.rows(f"select distinct fiscal_year from fct_indicator_change where {elsewhere} order by all")
    assert compared == [(2024,), (2025,)]
    found = warehouse.rows("select distinct fiscal_year from fct_quality_finding order by all nulls last")
    assert found == [(2023,), (2024,), (2025,), (None,)]
