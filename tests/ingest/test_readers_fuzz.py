"""Random and damaged bytes drive every reader: each document is read or quarantined, and no reader trips."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.documents import scan
from ingest.readers import read
from ingest.schema import LAKE, LINES
from tests.builders.containers import WRITERS, write_zip
from tests.ingest.reading import FORM

STARTS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<html><table>",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Make a good file of a format, once; Word's old format is read by LibreOffice, which is not ours to fuzz."""
    folder = tmp_path_factory.mktemp("whole")

    @cache
    def made(extension: str) -> bytes:
        file = folder / f"a.{extension}"
        if extension == "zip":
            write_zip({f"{name}.{name}": made(name) for name in ("txt", "html")}, file)
        else:
            WRITERS[extension](FORM, file)
        return file.read_bytes()

    return made


def answer(folder: Path, workers: int = 0) -> None:
    """Read everything in a folder, and check that each document is answered for."""
    found = scan(folder)
    asked = set(found.filter(pl.col("status").is_in(["document", "quarantined"])).get_column("document_id"))
    batches = list(read(found, workers=workers))
    answered = pl.concat([batch.documents for batch in batches]) if batches else pl.DataFrame({"document_id": []})
    assert set(answered.get_column("document_id")) == asked
    assert answered.height == len(asked)
    for batch in batches:
        assert batch.lines.schema == LINES
        assert batch.quarantine.schema == LAKE["quarantine"]
        assert batch.quarantine.filter(pl.col("reason") == "reader_failed").rows() == []
        assert batch.quarantine.select("hint", "hint_zh").null_count().sum_horizontal().item() == 0
        lost = set(batch.documents.filter(pl.col("status") == "quarantined").get_column("document_id"))
        assert lost <= set(batch.quarantine.get_column("document_id"))


_SETTINGS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@_SETTINGS
@given(
    st.sampled_from(STARTS),
    st.binary(max_size=400),
    st.sampled_from(["txt", "md", "html", "docx", "xlsx", "pdf", "zip", "xls"]),
)
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, extension: str) -> None:
    folder = tmp_path_factory.mktemp("f")
    (folder / f"a.{extension}").write_bytes(start + rest)
    answer(folder)


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[float, int, bytes]]:
    """Draw places (as share of the whole), how many bytes go, and what comes in their stead."""
    return draw(
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=4)
    )


@pytest.mark.parametrize("extension", ["txt", "html", "xlsx", "docx", "pdf", "zip"])
@settings(_SETTINGS, max_examples=40)
@given(damage=damages(), cut=st.one_of(st.none(), st.floats(0, 1)))
def test_damaged_documents(
    tmp_path_factory: pytest.TempPathFactory, whole: Callable[[str], bytes], extension: str,
    damage: list[tuple[float, int, bytes]], cut: float | None,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("f")
    data = _damaged(whole(extension), damage)
    (folder / f"a.{extension}").write_bytes(data if cut is None else data[: int(cut * len(data))])
    answer(folder)


@settings(_SETTINGS, max_examples=4)
@given(many=st.lists(damages(), min_size=8, max_size=16))
def test_damaged_old_workbooks(
    tmp_path_factory: pytest.TempPathFactory, whole: Callable[[str], bytes], many: list[list[tuple[float, int, bytes]]]
) -> None:
    """A damaged xls may ask calamine for gigabytes, which ends the process: so in a worker, as in every load."""
    folder = tmp_path_factory.mktemp("f")
    for number, damage in enumerate(many):
        (folder / f"{number}.xls").write_bytes(_damaged(whole("xls"), damage))
    answer(folder, workers=1)


def _damaged(data: bytes, damage: list[tuple[float, int, bytes]]) -> bytes:
    for share, gone, come in damage:
        at = int(share * len(data))
        data = data[:at] + come + data[at + gone :]
    return data


_MARKUP = st.sampled_from(
    [
        *(
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td>",
            "</td>",
            "<td rowspan=3>",
            "<td colspan=0>",
            "<td rowspan=-1>",
        ),
        *("<th colspan=99999999999>", "<br>", "<p>", "</div>", "<!--", "-->", "<script>", "</script>"),
        *("项目", "&ge;", "&#0;", "\t", "\n"),
    ]
)


@_SETTINGS
@given(st.lists(_MARKUP, max_size=60))
def test_any_markup(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    folder = tmp_path_factory.mktemp("f")
    (folder / "a.html").write_text("<html>" + "".join(pieces), encoding="utf-8")
    answer(folder)
