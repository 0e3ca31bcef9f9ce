"""When a load may build on the served release: only where the warehouse is that release, judged as it would be now."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import base, release, transform
from orchestration.home import Home
from tests.orchestration.test_release import publish


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose warehouse was just published."""
    monkeypatch.setattr(transform, "is_whole", lambda _: True)
    home = Home.at(tmp_path / "home")
    publish(home, 3, "r1")
    base.keep(home, publish(home, 5, "r2"))
    return home


def test_a_published_warehouse_is_built_on(home: Home) -> None:
    found = base.of(home)
    assert found is not None
    assert found.release.release_id == "r2"


def spoil(home: Home) -> None:
    transform.published(home).write_bytes(b"")


def roll_back(home: Home) -> None:
    release.rollback(home, "r1")


def accept(home: Home) -> None:
    home.baselines.write_text("[]", "utf-8")


def damage(home: Home) -> None:
    (home.releases / "r2" / "parquet" / "fct_declaration.parquet").unlink()


def build(home: Home) -> None:
    transform.forget(home)


@pytest.mark.parametrize("what", [spoil, roll_back, accept, damage, build])
def test_it_is_not_after(home: Home, what: Callable[[Home], None]) -> None:
    what(home)
    assert base.of(home) is None
