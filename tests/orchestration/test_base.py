"""When a load may build on the served release: only where the warehouse is that release, judged as it would be now."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import base, release, transform
from orchestration.home import Home
from tests.orchestration.test_release import R, build, publish, seal


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose warehouse was just published."""
    monkeypatch.setattr(transform, "is_whole", lambda _home, database: database.exists())
    home = Home.at(tmp_path / "home")
    publish(home, 3, R[1])
    build(home, 5)
    base.keep(home, R[2])
    seal(home, 5, R[2])
    return home


def test_a_published_warehouse_is_built_on(home: Home) -> None:
    found = base.of(home)
    assert found is not None
    assert found.release.release_id == R[2]
    assert base.last_build(home) == found.release.database


def test_what_was_built_and_not_published_is_built_on_and_judged_whole(home: Home) -> None:
    transform.published(home).unlink()
    build(home, 7)
    assert base.last_build(home) == home.database
    assert base.of(home) is None


def test_a_release_that_was_not_served_any_more_is_built_on_and_judged_whole(home: Home) -> None:
    release.rollback(home, R[1])
    assert base.last_build(home) == home.releases / R[2] / "warehouse.duckdb"
    assert base.of(home) is None


def test_where_the_last_build_is_gone_there_is_nothing_to_build_on(home: Home) -> None:
    release.rollback(home, R[1])
    (home.releases / R[2] / "warehouse.duckdb").unlink()
    assert base.last_build(home) is None


def spoil(home: Home) -> None:
    transform.published(home).write_bytes(b"")


def roll_back(home: Home) -> None:
    release.rollback(home, R[1])


def accept(home: Home) -> None:
    home.baselines.write_text("[]", "utf-8")


def damage(home: Home) -> None:
    (home.releases / R[2] / "parquet" / "fct_declaration.parquet").unlink()


def forget(home: Home) -> None:
    transform.forget(home)


@pytest.mark.parametrize("what", [spoil, roll_back, accept, damage, forget])
def test_it_is_not_after(home: Home, what: Callable[[Home], None]) -> None:
    what(home)
    assert base.of(home) is None
