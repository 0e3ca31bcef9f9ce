"""A gate takes no more memory than it is given."""

from pathlib import Path

import duckdb
import pytest
import sqlalchemy

from expectations import engine


def test_a_gate_has_the_memory_that_the_environment_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
    monkeypatch.setenv("JIXIAO_MEMORY", "512MiB")
    opened = sqlalchemy.create_engine(engine.url(database, "marts"))
    with opened.connect() as connection:
        assert connection.execute(sqlalchemy.text("select current_setting('memory_limit')")).scalar() == "512.0 MiB"
    opened.dispose()
