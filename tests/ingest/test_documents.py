"""The landing folder → documents, and the archive."""

import datetime as dt
import os
from pathlib import Path

import polars as pl
import pytest

from ingest import archive, documents
from ingest.readers import read
from tests.builders.containers import write_zip

FORM = "项目支出绩效目标申报表\n项目名称\t甲\n".encode()


def put(folder: Path, name: str, data: bytes = FORM) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def row(frame: pl.DataFrame, name: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("file_name") == name, named=True)


@pytest.mark.parametrize(
    ("name", "year", "source"),
    [
        ("2023/a.txt", 2023, "folder"),
        ("2023/sub/deep/2019年.txt", 2023, "folder"),
        ("柳州/2022年度/a.txt", 2022, "folder"),
        ("all/liuzhou-2021.txt", 2021, "file_name"),
        ("2024年公开2023年度绩效目标.txt", 2023, "file_name"),
        ("二〇二二年项目.txt", 2022, "file_name"),
        ("２０２３年.txt", 2023, "file_name"),
        ("t20230919_4273316.txt", None, None),
        ("2023-2025规划.txt", None, None),
        ("450200220411900005783.txt", None, None),
        ("a.txt", None, None),
    ],
)
def test_fiscal_year_is_what_the_names_say(tmp_path: Path, name: str, year: int | None, source: str | None) -> None:
    put(tmp_path, name)
    found = documents.scan(tmp_path)
    assert found.select("fiscal_year", "fiscal_year_from").row(0) == (year, source)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("t20230919_4273316.txt", dt.date(2023, 9, 19)),
        ("20230919153000公示.txt", dt.date(2023, 9, 19)),
        ("公示2023年3月5日.txt", dt.date(2023, 3, 5)),
        ("2023-02-30.txt", None),
        ("2023.txt", None),
    ],
)
def test_day_of_publication_is_read_from_the_file_name(tmp_path: Path, name: str, day: dt.date | None) -> None:
    put(tmp_path, name)
    assert documents.scan(tmp_path).item(0, "published_on") == day


def test_leftovers_are_listed_as_ignored(tmp_path: Path) -> None:
    names = ["2023/~$表.docx", ".DS_Store", "2023/.hidden/a.txt", "Thumbs.db", "x.txt.part", "a.txt~", "~WRL0001.tmp"]
    for name in names:
        put(tmp_path, name)
    put(tmp_path, "a.txt")
    found = documents.scan(tmp_path)
    assert found.filter(pl.col("status") == "document").get_column("file_name").to_list() == ["a.txt"]
    assert found.filter(pl.col("status") == "ignored").height == len(names)


def test_same_bytes_under_two_names_are_one_document(tmp_path: Path) -> None:
    for name in ("2023/b.txt", "2023/a.txt", "c/copy.txt"):
        put(tmp_path, name)
    found = documents.scan(tmp_path)
    assert found.get_column("status").to_list() == ["document", "duplicate", "duplicate"]
    assert row(found, "2023/a.txt")["other_names"] == ["2023/b.txt", "c/copy.txt"]
    assert sum(batch.documents.height for batch in read(found)) == 1


def test_names_are_composed_and_their_years_select(tmp_path: Path) -> None:
    put(tmp_path, "2023/e\u0301.txt")
    put(tmp_path, "2022/b.txt", b"other")
    put(tmp_path, "no year.txt", b"third")
    found = documents.scan(tmp_path, years=[2023])
    statuses = dict(found.select("file_name", "status").iter_rows())
    assert statuses == {"2023/\u00e9.txt": "document", "2022/b.txt": "other_year", "no year.txt": "document"}


def test_a_name_in_gb18030_is_read_and_opened(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + "/绩效.txt".encode("gb18030")
    with open(raw, "wb") as file:
        file.write(FORM)
    found = documents.scan(tmp_path)
    assert found.item(0, "file_name") == "绩效.txt"
    assert next(iter(read(found))).lines.height == 2


def test_an_unchanged_folder_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "2023/a.txt")
    put(tmp_path, "2023/copy.txt")
    put(tmp_path, "2022/b.txt", b"other year")
    put(tmp_path, "empty.txt", b"")
    write_zip({"x.txt": b"x", "y.bin": b"\x00\x01\x02"}, tmp_path / "z.zip")
    first = documents.scan(tmp_path, years=[2023])
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a known file was opened"))
    assert documents.scan(tmp_path, years=[2023], known=first).equals(first)
    assert documents.scan(tmp_path, known=first).filter(pl.col("status") == "other_year").is_empty()


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt")
    first = documents.scan(tmp_path)
    put(tmp_path, "a.txt", FORM + "项目编码\t1\n".encode())
    os.utime(path, ns=(1, 1))
    assert documents.scan(tmp_path, known=first).item(0, "document_id") != first.item(0, "document_id")


def test_members_of_zips_are_documents(tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    write_zip({"深/表.txt": FORM + b"2"}, inner)
    data = inner.read_bytes()
    inner.unlink()
    write_zip(
        {"2022/绩效表.txt": FORM, "乡镇.zip": data, "__MACOSX/._x": b"x", "空/": b""}, tmp_path / "外.zip", windows=True
    )
    found = documents.scan(tmp_path)
    assert dict(found.select("file_name", "status").iter_rows()) == {
        "外.zip": "container",
        "外.zip!2022/绩效表.txt": "document",
        "外.zip!乡镇.zip": "container",
        "外.zip!乡镇.zip!深/表.txt": "document",
        "外.zip!__MACOSX/._x": "ignored",
    }
    assert row(found, "外.zip!2022/绩效表.txt")["fiscal_year"] == 2022
    kept = archive.keep(found, tmp_path / "archive")
    assert [path.suffix for path in (tmp_path / "archive").iterdir()] == [".zip"]
    assert sum(batch.lines.height for batch in read(kept)) == 5


def test_one_file_may_be_scanned(tmp_path: Path) -> None:
    path = put(tmp_path, "2023/a.txt")
    assert documents.scan(path).get_column("file_name").to_list() == ["a.txt"]


def test_a_missing_folder_is_named_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"create it.*请创建"):
        documents.scan(tmp_path / "none")


def test_an_empty_folder_holds_no_documents(tmp_path: Path) -> None:
    assert documents.scan(tmp_path).schema == documents.DOCUMENTS
    assert list(read(documents.scan(tmp_path))) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_opened_stops_nothing(tmp_path: Path) -> None:
    put(tmp_path, "locked.txt").chmod(0)
    put(tmp_path, "a.txt", b"other")
    found = documents.scan(tmp_path)
    assert row(found, "locked.txt")["reason"] == "unreadable_file"
    assert row(found, "a.txt")["status"] == "document"


def test_a_link_that_leads_nowhere_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    assert documents.scan(tmp_path).item(0, "status") == "ignored"


def test_the_archive_holds_every_byte_and_is_written_once(tmp_path: Path) -> None:
    landing, kept_in = tmp_path / "landing", tmp_path / "archive"
    path = put(landing, "2023/a.txt")
    put(landing, "b.bin", b"\x00\x01\xff\xfe\x02" * 100)
    found = documents.scan(landing)
    kept = archive.keep(found, kept_in)
    path.unlink()
    names = {file.name for file in kept_in.iterdir()}
    assert f"{row(found, '2023/a.txt')['document_id']}.txt" in names
    assert len(names) == 2
    assert [batch.lines.height for batch in read(kept) if batch.lines.height] == [2]
    before = {file: file.stat().st_mtime_ns for file in kept_in.iterdir()}
    archive.keep(found.filter(pl.col("file_name") == "b.bin"), kept_in)
    assert before == {file: file.stat().st_mtime_ns for file in kept_in.iterdir()}
    assert list(archive.verify(kept_in)) == []


def test_verify_names_the_file_that_is_not_what_it_was(tmp_path: Path) -> None:
    put(tmp_path / "landing", "a.txt")
    archive.keep(documents.scan(tmp_path / "landing"), tmp_path / "archive")
    file = next((tmp_path / "archive").iterdir())
    file.chmod(0o644)
    file.write_bytes(b"changed")
    assert [name for name, _ in archive.verify(tmp_path / "archive")] == [file.name]


def test_what_somebody_else_left_in_the_archive_is_none_of_its_files(tmp_path: Path) -> None:
    put(tmp_path / "landing", "a.txt")
    archive.keep(documents.scan(tmp_path / "landing"), tmp_path / "archive")
    (tmp_path / "archive" / "lost+found").mkdir()
    put(tmp_path / "archive", "notes.txt")
    assert len(archive.held(tmp_path / "archive")) == 1
    assert list(archive.verify(tmp_path / "archive")) == []


def test_a_file_that_changes_while_it_is_loaded_is_quarantined(tmp_path: Path) -> None:
    path = put(tmp_path / "landing", "a.txt")
    found = documents.scan(tmp_path / "landing")
    path.write_bytes(b"longer than it was, and other")
    kept = archive.keep(found, tmp_path / "archive")
    assert kept.select("status", "reason").row(0) == ("quarantined", "changed_while_loading")
    assert list((tmp_path / "archive").iterdir()) == []


def test_half_a_copy_never_bears_a_final_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "landing", "a.txt")
    found = documents.scan(tmp_path / "landing")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        archive.keep(found, tmp_path / "archive")
    assert [path.suffix for path in (tmp_path / "archive").iterdir()] == [".partial"]
    monkeypatch.undo()
    archive.keep(found, tmp_path / "archive")
    assert [path.suffix for path in (tmp_path / "archive").iterdir()] == [".txt"]
