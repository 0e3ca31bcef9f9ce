"""A release on top of another: what was written anew is all that differs, and makes the one into the other."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import gate
from expectations.results import OnTop
from orchestration import anew, compare, datasets, dictionary, release
from orchestration.home import Home
from orchestration.trouble import Trouble
from tests.dbt.checksums import WHEN, checksums
from tests.dbt.conftest import Warehouse
from tests.dbt.lake_fixture import Document, golden, of_year
from tests.dbt.test_years import history

FIRST, SECOND, THIRD = history()
AGAIN = of_year(golden()[:3], 2024)
AGAIN[0]["funding"]["total"] *= 3
ONCE = golden()[:1]
ONCE[0] |= {"project_code": "450200230412200009998", "project_name": "只有一年的项目"}
BEFORE, MOVED = (Document(f"{year}/once.txt", ONCE) for year in (2024, 2023))
MOVED.document_id = BEFORE.document_id
STEPS = {
    "a year between others": ([FIRST, THIRD], [SECOND]),
    "a project that is gone afterwards": ([FIRST, SECOND], [Document("2023/once.txt", ONCE)]),
    "a later publication": ([FIRST, SECOND, THIRD], [Document("2024/z-again.txt", AGAIN)]),
    "a document that moved to another year": (
        [FIRST, BEFORE],
        [MOVED],
    ),
    "a withdrawal": ([FIRST, SECOND, THIRD], [Document("2024/a.txt", SECOND.forms, status="withdrawn")]),
}


class Loaded:
    """A home whose warehouse was published, and built on since."""

    def __init__(
        self, root: Path, build: Callable[[Path], dict[str, str]], steps: tuple[list[Document], list[Document]]
    ):
        self.home = Home.at(root)
        self.warehouse = Warehouse(self.home.warehouse, build)
        first, second = steps
        self._load(first)
        folder = release.write(self.home, "r1")
        self.before = release.publish(self.home, folder, {"key": "r1", "rows": release.rows(self.home.database)})
        self._load(second)
        self.keys = {name: table.key for name, table in dictionary.read(self.home).items()}
        self.anew = anew.write(self.home)

    def _load(self, documents: list[Document]) -> None:
        outcome = self.warehouse.load(*documents).build()
        bad = {
            name: said for name, said in outcome.items() if not said.startswith(("success", "pass", "no-op", "warn"))
        }
        assert not bad, bad

    def on_top(self) -> release.OnTop:
        copy = self.home.root / "copy"
        shutil.copyfile(self.before.database, copy)
        changed = compare.releases(self.before.database, self.home.database, self.keys, self.anew)["tables"]
        kept = {
            table: changed.get(table, {}).get("years", ()) if "fiscal_year" in described.columns else self.anew.years
            for table, described in dictionary.read(self.home).items()
        }
        files = {name: file["sha256"] for name, file in self.before.manifest["files"].items()}
        return release.OnTop(copy, self.anew, datasets.Kept(self.before.folder, kept, files))


@pytest.fixture(scope="module", params=STEPS)
def loaded(
    request: pytest.FixtureRequest, invoke: Callable[..., dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "LARGE", 20)
        return Loaded(
            tmp_path_factory.mktemp("top"),
            lambda folder, *options: invoke(folder, *options, "--exclude", "resource_type:unit_test"),
            STEPS[request.param],
        )


def test_the_comparison_finds_what_a_whole_one_finds(loaded: Loaded) -> None:
    whole = compare.releases(loaded.before.database, loaded.home.database, loaded.keys)
    assert whole["tables"], "nothing has changed"
    assert compare.releases(loaded.before.database, loaded.home.database, loaded.keys, loaded.anew) == whole


def test_the_release_is_what_was_built(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LARGE", 20)
    aside = release.write(loaded.home, "r2", on_top=loaded.on_top())
    built = checksums(loaded.home.database)
    assert checksums(aside / "warehouse.duckdb") == built
    assert {table: parquet(aside, table) for table in built} == built
    years = list((aside / "parquet" / "fct_declaration.parquet").iterdir())
    shared = [file for file in years if file.stat().st_nlink > 1]
    assert {file.stem for file in years} - {file.stem for file in shared} <= {
        str(year) for year in loaded.anew.years
    }, "years are written again in which nothing was touched"
    # A row that stood in the file of another year would stand in two once that year is written again.
    for file in (aside / "parquet" / "source_line.parquet").glob("*.parquet"):
        with duckdb.connect(str(aside / "warehouse.duckdb"), read_only=True) as connection:
            found = connection.execute(
                "select distinct d.fiscal_year from read_parquet(?) join marts.dim_document as d using (document_id)",
                [str(file)],
            ).fetchall()
        assert found == [(int(file.stem),)]
    shutil.rmtree(aside)


def parquet(folder: Path, table: str) -> Any:
    """The checksum of a table as Parquet."""
    place = folder / "parquet" / f"{table}.parquet"
    with duckdb.connect() as connection:
        names = [name for (name, *_) in connection.execute(f"describe from '{place}'").fetchall()]
        columns = ", ".join(name for name in sorted(names) if name not in WHEN)
        asked = f"select count(*), coalesce(sum(hash({columns})::hugeint), 0) from '{place}'"
        return connection.execute(asked).fetchall()[0]


def test_the_gate_judges_what_is_new(loaded: Loaded, tmp_path: Path) -> None:
    if not loaded.anew.has_declarations:
        assert loaded.warehouse.rows("select count(*) from fct_declaration") != [(0,)], "nothing is left to judge"
        return
    on_top = OnTop(loaded.anew.database, loaded.anew.years)
    whole = gate.run("marts", loaded.home.database, tmp_path / "whole")
    new = gate.run("marts", loaded.home.database, tmp_path / "new", on_top=on_top)
    assert (whole.failures, new.failures) == ([], [])
    assert [o.title_en for o in new.outcomes] == [o.title_en for o in whole.outcomes]
    assert new.measures == [m for m in whole.measures if m.fiscal_year in {None, *loaded.anew.years}]


def test_a_bad_row_among_what_is_new_blocks(loaded: Loaded, tmp_path: Path) -> None:
    if not loaded.anew.has_declarations:
        return
    spoiled = tmp_path / "anew.duckdb"
    shutil.copyfile(loaded.anew.database, spoiled)
    with duckdb.connect(str(spoiled)) as connection:
        connection.execute("delete from marts.fct_indicator_target where indicator_no = 1")
    result = gate.run("marts", loaded.home.database, tmp_path / "quality", on_top=OnTop(spoiled, loaded.anew.years))
    assert "A declaration has as many indicators as it says" in {f.title_en for f in result.failures if f.blocks}


def test_rows_that_nobody_wrote_anew_are_not_published(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LARGE", 20)
    on_top = loaded.on_top()
    with duckdb.connect(str(on_top.copy)) as connection:
        connection.execute("delete from marts.dim_region where region_code = '450200'")
    with pytest.raises(Trouble, match="dim_region"):
        release.write(loaded.home, "r2", on_top=on_top)


def test_findings_that_are_counted_wrongly_are_noticed(
    loaded: Loaded, invoke: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    shutil.copytree(loaded.home.warehouse, tmp_path, dirs_exist_ok=True)
    test = ("test", "--select", "findings_add_up")
    assert invoke(tmp_path, *test)["findings_add_up"].startswith("pass")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update marts.agg_quality_finding set findings = findings + 1")
    assert invoke(tmp_path, *test)["findings_add_up"].startswith("fail")
