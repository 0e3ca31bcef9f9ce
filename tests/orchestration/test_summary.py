"""What a load says at its end of documents that have left the landing folder."""

from pathlib import Path

from rich.console import Console

from orchestration import query, release, summary
from orchestration.engines import opened
from orchestration.home import Home
from orchestration.session import Session

SUPERSEDED = "f" * 64
"""A document of which nothing is in force."""


def said(home: Home, tmp_path: Path, vanished: list[str]) -> str:
    console = Console(width=200, record=True)
    with opened(None, tmp_path / "log") as engine:
        session = Session(home, home.source(), None, engine, tmp_path / "log", facts={"vanished": vanished})
        session.published = release.require_current(home)
        summary.published(console, session, 1.0)
    return console.export_text()


def test_only_documents_with_declarations_in_force_are_said_to_stay(sample_home: Path, tmp_path: Path) -> None:
    home = Home.at(sample_home)
    document, name = (
        query.ask(release.require_current(home), "select document_id, file_name from dim_document")
        .to_pylist()[0]
        .values()
    )
    assert f"1 documents of earlier loads are no longer in {home.source()}" in said(
        home, tmp_path, [document, SUPERSEDED]
    )
    assert name in said(home, tmp_path, [document])
    assert "no longer" not in said(home, tmp_path, [SUPERSEDED])
