"""A release on top of another: what was written anew is all that differs from it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import gate
from expectations.results import OnTop
from expectations.sql import literal
from orchestration import anew, compare, datasets, dictionary, release
from orchestration.copies import Copy
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
        rows = release.rows(self.home.database)
        self.before = release.publish(self.home, release.write(self.home, "r1"), {"key": "r1", "rows": rows})
        with Copy(self.before.database, self.home.database) as copy:
            copy.wait()
        self._load(second)
        self.keys = {name: table.key for name, table in dictionary.read(self.home).items()}
        self.anew = anew.write(self.home)

    def _load(self, documents: list[Document]) -> None:
        outcome = self.warehouse.load(*documents).build()
        bad = {
            name: said for name, said in outcome.items() if not said.startswith(("success", "pass", "no-op", "warn"))
        }
        assert not bad, bad

    def kept(self) -> datasets.Kept:
        changed = compare.releases(self.before.database, self.home.database, self.keys, self.anew)["tables"]
        of_documents = [(year, None) for year in self.anew.years]
        parts = {
            table: changed.get(table, {}).get("parts", ()) if "fiscal_year" in described.columns else of_documents
            for table, described in dictionary.read(self.home).items()
        }
        return datasets.Kept(self.before.folder, parts, self.before.manifest["files"], self.anew)


@pytest.fixture(scope="module", params=STEPS)
def loaded(
    request: pytest.FixtureRequest, invoke: Callable[..., dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "LARGE", 20)
        return Loaded(
            tmp_path_factory.mktemp("it's on top"),
            lambda folder, *options: invoke(folder, *options, "--exclude", "resource_type:unit_test"),
            STEPS[request.param],
        )


def test_the_comparison_finds_what_a_whole_one_finds(loaded: Loaded) -> None:
    whole = compare.releases(loaded.before.database, loaded.home.database, loaded.keys)
    assert whole["tables"], "nothing has changed"
    assert compare.releases(loaded.before.database, loaded.home.database, loaded.keys, loaded.anew) == whole


def test_the_release_is_what_was_built(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LARGE", 20)
    aside = release.write(loaded.home, "r2", kept=loaded.kept())
    built = checksums(loaded.home.database)
    assert checksums(aside / "warehouse.duckdb") == built
    assert {table: parquet(aside, table) for table in built} == built
    files = list((aside / "parquet" / "fct_declaration.parquet").iterdir())
    written = {file.stem.partition("-")[0] for file in files if file.stat().st_nlink == 1}
    assert written <= {str(year) for year in loaded.anew.years}, "years are written again in which nothing was touched"
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
        names = [name for (name, *_) in connection.execute(f"describe from {literal(place)}").fetchall()]
        columns = ", ".join(name for name in sorted(names) if name not in WHEN)
        asked = f"select count(*), coalesce(sum(hash({columns})::hugeint), 0) from {literal(place)}"
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


def test_files_of_an_earlier_layout_are_written_anew(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LARGE", 20)
    kept = loaded.kept()
    of_years = shutil.copytree(loaded.before.folder, loaded.home.root / "by year")
    table = of_years / "parquet" / "fct_declaration.parquet"
    for file in table.iterdir():
        file.replace(table / f"{file.stem.partition('-')[0]}.parquet")
    aside = release.write(loaded.home, "r2", kept=replace(kept, folder=of_years))
    assert parquet(aside, "fct_declaration") == checksums(loaded.home.database)["fct_declaration"]
    shutil.rmtree(aside)
    shutil.rmtree(of_years)


def test_files_that_lack_rows_are_not_published(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LARGE", 20)
    kept = loaded.kept()
    short = shutil.copytree(loaded.before.folder, loaded.home.root / "short")
    _, *others = (short / "parquet" / "fct_indicator_target.parquet").iterdir()
    if not others:
        shutil.rmtree(short)
        pytest.skip("all of the table is one file: none can be missing")
    for file in others:
        file.unlink()
    parts = {**kept.parts, "fct_indicator_target": [(1999, "0")]}
    with pytest.raises(Trouble, match="fct_indicator_target"):
        release.write(loaded.home, "r2", kept=replace(kept, folder=short, parts=parts))
    shutil.rmtree(short)


def test_rows_that_nobody_wrote_anew_are_not_published(loaded: Loaded, tmp_path: Path) -> None:
    built = shutil.copy(loaded.home.database, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(built)) as connection:
        connection.execute(f"attach {literal(loaded.anew.database)} as anew (read_only)")
        written = loaded.anew.conditions["fct_project_funding"]
        (gone,) = connection.execute(f"delete from marts.fct_project_funding where not ({written})").fetchall()[0]
        if not gone:
            pytest.skip("every row was written anew")
    with pytest.raises(Trouble, match="fct_project_funding"):
        compare.releases(loaded.before.database, built, loaded.keys, loaded.anew)


def test_findings_that_are_counted_wrongly_are_noticed(
    loaded: Loaded, invoke: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    shutil.copytree(loaded.home.warehouse, tmp_path, dirs_exist_ok=True)
    test = ("test", "--select", "findings_add_up")
    assert invoke(tmp_path, *test)["findings_add_up"].startswith("pass")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update marts.agg_quality_finding set findings = findings + 1")
    assert invoke(tmp_path, *test)["findings_add_up"].startswith("fail")
