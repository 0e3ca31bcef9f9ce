"""Checksums of large files, a piece at a time: those of pieces that nobody wrote are taken from the release before."""

import hashlib
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from orchestration import blocks, digests
from orchestration import pieces as read
from orchestration.digests import Checksum

ROWS = "select i as id, md5(i::varchar) as said, i % 7 as part from range(300_000) as t(i)"
CHANGES = {
    "rows come": "insert into facts select 900_000 + i, md5(i::varchar), 3 from range(50) as t(i)",
    "rows go": "delete from facts where id % 9999 = 3",
    "rows change": "update facts set said = 'other' where id between 60_000 and 60_100",
    "a table is made anew": "create or replace table small as select 8 as one",
    "all of it goes": "drop table facts",
    "much comes": f"insert into facts {ROWS}",
    "a comment": "comment on column facts.said is 'words'",
    "nothing": "checkpoint",
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "SIZE", 1 << 20)
    monkeypatch.setattr(digests, "LARGE", 0)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    file = tmp_path / "before.duckdb"
    run(file, f"create table facts as {ROWS}", "create table small as select 7 as one")
    assert read.count(file) > 3, file.stat().st_size
    return file


def run(file: Path, *statements: str) -> None:
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)


def of_all(file: Path) -> Checksum:
    content, size = file.read_bytes(), read.SIZE
    sums = [hashlib.sha256(content[at : at + size]).hexdigest() for at in range(0, len(content), size)]
    return {"bytes": len(content), "piece_bytes": size, "sha256_of_pieces": sums}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_written_is_found_whatever_was_written(before: Path, tmp_path: Path, change: str) -> None:
    told, after = digests.of_written(before), Path(shutil.copyfile(before, tmp_path / "after.duckdb"))
    assert told == of_all(before)
    run(after, CHANGES[change])
    assert digests.of_written(after, (before, told)) == of_all(after)
    assert digests.holds(after, of_all(after))


def test_pieces_that_nobody_wrote_are_not_read_again(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, after = digests.of_written(before), Path(shutil.copyfile(before, tmp_path / "after.duckdb"))
    run(after, CHANGES["rows come"])
    asked: list[int] = []
    of = digests._of
    monkeypatch.setattr(digests, "_of", lambda file, numbers, size: asked.extend(numbers) or of(file, numbers, size))
    digests.of_written(after, (before, told))
    assert 0 < len(asked) < read.count(after)


def test_what_rots_in_a_piece_that_nobody_wrote_is_found(before: Path, tmp_path: Path) -> None:
    """Its checksum is that of the release before, not one of the rotten bytes."""
    told, after = digests.of_written(before), Path(shutil.copyfile(before, tmp_path / "after.duckdb"))
    place = 2 * read.SIZE + 777
    with after.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte[0] ^ 1]))
    assert place // read.SIZE not in digests._written(after, before)
    assert not digests.holds(after, digests.of_written(after, (before, told)))


def test_a_release_before_that_says_one_sum_is_no_help_and_no_harm(before: Path, tmp_path: Path) -> None:
    one = {"bytes": before.stat().st_size, "sha256": digests.sha256(before)}
    assert digests.holds(before, one)
    after = Path(shutil.copyfile(before, tmp_path / "after.duckdb"))
    assert digests.of_written(after, (before, one)) == of_all(after)


@pytest.mark.parametrize("told", [{}, {"bytes": 5}, {"bytes": 5, "sha256": "0"}])
def test_what_a_damaged_manifest_says_holds_of_no_file(tmp_path: Path, told: Checksum) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert not digests.holds(tmp_path / "file", told)


def test_files_up_to_a_size_have_one_sum(before: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "LARGE", before.stat().st_size)
    digest = hashlib.sha256(before.read_bytes()).hexdigest()
    assert digests.of_written(before) == {"bytes": before.stat().st_size, "sha256": digest}


def test_the_sums_are_what_split_and_sha256sum_print(before: Path) -> None:
    """docs/releases.md says so."""
    command = ["split", "-b", str(read.SIZE), "--filter=sha256sum", str(before)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert printed[::2] == digests.of_written(before)["sha256_of_pieces"]


def test_a_file_that_cannot_be_compared_is_heard_of(before: Path, tmp_path: Path) -> None:
    told = digests.of_written(before)
    with pytest.raises(OSError, match=r"after.duckdb cannot be compared with .*gone: .*No such file"):
        digests.of_written(Path(shutil.copyfile(before, tmp_path / "after.duckdb")), (tmp_path / "gone", told))


def test_blocks_differ_where_they_were_written(before: Path, tmp_path: Path) -> None:
    after = Path(shutil.copyfile(before, tmp_path / "after.duckdb"))
    assert blocks.differing(after, before) == []
    run(after, CHANGES["much comes"])
    old, new = before.read_bytes(), after.read_bytes()
    places = range(blocks.HEADERS, len(new), blocks.BLOCK)
    same = [old[place : place + blocks.BLOCK] == new[place : place + blocks.BLOCK] for place in places]
    assert blocks.differing(after, before) == [number for number, equal in enumerate(same) if not equal]


def test_whatever_goes_wrong_nobody_waits_for_ever(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copyfile(before, tmp_path / "after.duckdb"))

    def failing(file: Path, before: Path) -> list[int]:
        raise ValueError("half an answer")

    monkeypatch.setattr(digests.blocks, "differing", failing)
    told = digests.of_written(before)
    pool = ThreadPoolExecutor(2)  # not left by its `with`, which would wait too
    asked = [pool.submit(digests.of_written, file, (before, told)) for _ in range(2)]
    for answer in asked:
        with pytest.raises(ValueError, match="half an answer"):
            answer.result(timeout=30)
    pool.shutdown(wait=False)
