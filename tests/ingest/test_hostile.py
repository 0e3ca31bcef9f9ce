"""Documents that mean harm, or are broken: each is answered for, within bounds, and never stops the others."""

import copy
import dataclasses
import io
import stat
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from ingest import archive
from ingest.documents import scan
from ingest.readers import read, reading, tables, text, zips
from tests.builders.containers import WRITERS, write_docx, write_html, write_xlsx, write_zip
from tests.builders.layout import plain
from tests.ingest.reading import FORM, batches, expected, lines, refused, texts

GOOD = "项目支出绩效目标申报表\n项目名称\t甲\n".encode()
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


def only_reason(folder: Path, workers: int = 0) -> str:
    """Return why the one bad document was refused; the good one beside it has to be read."""
    (folder / "good.txt").write_bytes(GOOD)
    found = batches(folder, workers)
    assert "项目名称\t甲" in pl.concat([batch.lines for batch in found]).get_column("raw_text").to_list()
    reasons = {reason for reason, _ in refused(folder, workers)}
    assert len(reasons) == 1, reasons
    return reasons.pop()


def edited(path: Path, part: str, change: tuple[str, str]) -> None:
    """Change the text of one part of a docx or xlsx."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = parts[part].replace(*(text.encode() for text in change), 1)
    write_zip(parts, path)


# --- zip


def test_a_member_that_unpacks_to_far_too_much(tmp_path: Path) -> None:
    write_zip({"a.txt": b"0" * 120_000_000}, tmp_path / "bomb.zip")
    assert only_reason(tmp_path) == "zip_bomb"


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w") as bomb:
        bomb.writestr("0.txt", GOOD * 1000)
        for number in range(1, 50):
            info = copy.copy(bomb.filelist[0])
            info.filename = f"{number}.txt"
            bomb.filelist.append(info)
    assert only_reason(tmp_path) == "zip_bomb"


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "LIMITS", dataclasses.replace(zips.LIMITS, zip_members=1000))
    write_zip({f"{number}.txt": b"" for number in range(1001)}, tmp_path / "many.zip")
    assert only_reason(tmp_path) == "zip_too_many_members"


def test_zips_in_zips_in_zips(tmp_path: Path) -> None:
    data = GOOD
    for level in range(4):
        write_zip({f"{level}.zip" if level else "a.txt": data}, tmp_path / "x.zip")
        data = (tmp_path / "x.zip").read_bytes()
    assert only_reason(tmp_path) == "zip_nested_too_deep"


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt"]
)
def test_members_that_climb_out(tmp_path: Path, name: str) -> None:
    write_zip({name: GOOD + b"x"}, tmp_path / "x.zip")
    kept = archive.keep(scan(tmp_path), tmp_path / "home" / "archive")
    assert {batch.quarantine.item(0, "reason") for batch in read(kept)} == {"zip_unsafe_member"}
    assert sorted(path.name for path in tmp_path.rglob("*evil*")) == []


def test_a_member_that_is_a_link(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    assert only_reason(tmp_path) == "zip_unsafe_member"


def test_a_member_with_a_password_leaves_the_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("open.txt", GOOD + b"1")
        made.writestr("locked.txt", GOOD + b"2")
        made.filelist[1].flag_bits |= 1
    assert only_reason(tmp_path) == "encrypted"
    assert lines(tmp_path).height == 2 + 3


def test_a_member_whose_bytes_are_damaged(tmp_path: Path) -> None:
    write_zip({"a.txt": GOOD * 100, "b.txt": GOOD + b"b"}, tmp_path / "x.zip")
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[40:60] = bytes(20)
    (tmp_path / "x.zip").write_bytes(data)
    assert only_reason(tmp_path) == "corrupt_file"
    assert lines(tmp_path).height == 2 + 3


def test_a_workbook_that_is_a_bomb(tmp_path: Path) -> None:
    write_xlsx(FORM, tmp_path / "a.xlsx")
    edited(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", ("<sheetData>", "<sheetData>" + " " * 120_000_000))
    assert only_reason(tmp_path) == "zip_bomb"


# --- XML


@pytest.mark.parametrize(
    ("write", "part", "after"),
    [(write_docx, "word/document.xml", "<w:document"), (write_xlsx, "xl/workbook.xml", "<workbook")],
)
def test_entities(tmp_path: Path, write, part: str, after: str) -> None:
    path = tmp_path / f"a.{write.__name__[-4:]}"
    write(FORM, path)
    edited(path, part, (after, LAUGHS + after))
    assert only_reason(tmp_path) == "doctype_in_xml"


def test_entities_in_a_sheet_are_no_text(tmp_path: Path) -> None:
    write_xlsx([plain([["项目名称", "entity"]])], tmp_path / "a.xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    edited(tmp_path / "a.xlsx", sheet, ("<worksheet", LAUGHS + "<worksheet"))
    edited(tmp_path / "a.xlsx", sheet, ("<sheetData>", "<sheetData><!-- &f;&c; -->"))
    edited(tmp_path / "a.xlsx", "xl/sharedStrings.xml", ("entity", "&f;&c;")) if _has_strings(tmp_path) else None
    found = " ".join(text for batch in batches(tmp_path) for text in batch.lines.get_column("raw_text"))
    assert "root:" not in found
    assert "haha" not in found


def _has_strings(folder: Path) -> bool:
    return "xl/sharedStrings.xml" in zipfile.ZipFile(folder / "a.xlsx").namelist()


def test_deep_nesting(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_bytes(b"<html><body>" + b"<div><b>" * 3_000 + "项目".encode())
    (tmp_path / "tables.html").write_bytes(b"<html>" + b"<table><tr><td>x" * 20_000)
    write_docx(FORM, tmp_path / "deep.docx")
    edited(tmp_path / "deep.docx", "word/document.xml", ("<w:body>", "<w:body>" + "<w:sdt>" * 100_000))
    answered = pl.concat([batch.documents for batch in batches(tmp_path)])
    assert answered.height == 3


# --- sizes


def test_ten_thousand_sheets(tmp_path: Path) -> None:
    write_xlsx([plain([["甲"]])], tmp_path / "a.xlsx")
    sheet = '<sheet name="{0}" sheetId="{0}" r:id="rId1"/>'
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    many = f'<sheets xmlns:r="{namespace}">' + "".join(sheet.format(number) for number in range(100, 10_100))
    edited(tmp_path / "a.xlsx", "xl/workbook.xml", ("<sheets>", many))
    assert only_reason(tmp_path) == "too_many_sheets"


def test_a_million_columns(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(GOOD + b"\t" * 1_000_000 + b"\n" + GOOD)
    (tmp_path / "b.html").write_bytes(b"<table>" + b"<tr><td colspan=1000>x" * 1000 + b"</table>")
    (tmp_path / "c.html").write_bytes(b"<table><tr>" + b"<td>x" * 50_000)
    assert sorted(refused(tmp_path)) == [("too_many_columns", 1), ("too_many_columns", 3)]
    assert lines(tmp_path).get_column("raw_text").str.len_bytes().max() < 100_000


def test_more_cells_than_any_document(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_bytes(b"<table>" + b"<tr><td colspan=1000>x" * 6000 + b"</table>")
    assert only_reason(tmp_path) == "too_many_cells"


@pytest.mark.parametrize("extension", ["txt", "html", "xlsx", "docx"])
def test_a_cell_of_ten_megabytes(tmp_path: Path, extension: str) -> None:
    text = "甲" * 3_500_000
    path = tmp_path / f"a.{extension}"
    WRITERS[extension]([plain([["项目名称", "x" if extension == "xlsx" else text], ["项目编码", "1"]])], path)
    if extension == "xlsx":  # openpyxl itself cuts at 32,767 characters
        edited(path, "xl/worksheets/sheet1.xml", ("<t>x</t>", f"<t>{text}</t>"))
    reason = only_reason(tmp_path)
    assert reason in {"line_too_long", "corrupt_file"}  # libxml2 itself stops at 10 MB
    assert (reason == "corrupt_file") == (extension == "docx")


def test_a_sheet_with_a_cell_in_its_last_corner(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "项目名称"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    assert only_reason(tmp_path, workers=1) in {"reader_stopped", "too_much_memory", "too_many_cells"}


def test_a_document_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = dataclasses.replace(tables.LIMITS, seconds_per_document=1, seconds_per_megabyte=0)
    monkeypatch.setattr(tables, "LIMITS", hasty)
    rows = b"".join(
        b"BT /F1 9 Tf 1 0 0 1 %d %d Tm (x) Tj ET\n" % (x, y) for x in range(0, 600, 2) for y in range(0, 800, 4)
    )
    (tmp_path / "slow.pdf").write_bytes(_pdf(rows))
    write_html(FORM, tmp_path / "quick.html")
    assert texts(lines(tmp_path, workers=1)) == expected(FORM)
    assert refused(tmp_path, workers=1) == [("too_much_time", 0)]


def _pdf(content: bytes) -> bytes:
    """Return a PDF of one page."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )
    return body + end


# --- what is inside


def test_macros_are_bytes_like_any_other(tmp_path: Path) -> None:
    write_xlsx(FORM, tmp_path / "a.xlsm")
    with zipfile.ZipFile(tmp_path / "a.xlsm", "a") as book:
        book.writestr("xl/vbaProject.bin", b'Sub AutoOpen()\nShell "touch /tmp/owned"\nEnd Sub')
    assert texts(lines(tmp_path)) == expected(FORM)


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE form; --.txt", "{{ 7*7 }}{% raw %}.txt", "=HYPERLINK(1).txt", "a\u202etxt.exe.txt"]
)
def test_names_are_only_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(GOOD)
    book = openpyxl.Workbook()
    book.active.title = "'; DROP {{ 7+7 }}"
    book.active.append(["项目名称", "甲"])
    book.save(tmp_path / "b.xlsx")
    assert name in scan(tmp_path).get_column("file_name").to_list()
    assert "sheet ''; DROP {{ 7+7 }}' row 1" in lines(tmp_path).get_column("place").to_list()


def test_protected_and_damaged_files_say_so(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    bad = {
        "locked.xlsx": (ole + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "corrupt_file"),
        "cut.docx": (_cut(write_docx), "corrupt_file"),
        "cut.xlsx": (_cut(write_xlsx), "corrupt_file"),
        "cut.xls": (ole + "Workbook".encode("utf-16-le"), "corrupt_file"),
        "photo.jpg": (b"\xff\xd8\xff\xe0" + b"x" * 99, "image_only"),
        "a.rar": (b"Rar!\x1a\x07\x00", "unsupported_archive"),
        "a.csv": (b"a,b\n", "unsupported_format"),
        "a.ofd": (_zipped("OFD.xml"), "unsupported_format"),
        "a.odt": (_zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "unsupported_format"),
        "a.mht": (b"MIME-Version: 1.0\n", "unsupported_format"),
    }
    for name, (data, _) in bad.items():
        (tmp_path / name).write_bytes(data)
    found = scan(tmp_path)
    by_id = dict(found.select("document_id", "file_name").iter_rows())
    reasons = {
        by_id[key]: reason
        for batch in read(found, workers=0)
        for key, reason in batch.quarantine.select("document_id", "reason").iter_rows()
    }
    assert reasons == {name: reason for name, (_, reason) in bad.items()}


def _zipped(*names: str, **said: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in {**said, **dict.fromkeys(names, "<x/>")}.items():
            archive.writestr(name, text)
    return stream.getvalue()


def _cut(write) -> bytes:
    stream = io.BytesIO()
    write(FORM, stream)
    return stream.getvalue()[:-200]


# --- the landing folder


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    landing, secret = tmp_path / "landing", tmp_path / "secret"
    landing.mkdir()
    secret.mkdir()
    (secret / "key.txt").write_bytes(GOOD + b"x")
    (landing / "good.txt").write_bytes(GOOD)
    (landing / "again.txt").symlink_to(landing / "good.txt")
    (landing / "key.txt").symlink_to(secret / "key.txt")
    (landing / "folder").symlink_to(secret)
    (landing / "loop").symlink_to(landing)
    found = scan(landing).sort("file_name").select("file_name", "status", "reason").rows()
    assert found == [
        ("again.txt", "document", None),
        ("folder", "quarantined", "link_outside"),
        ("good.txt", "duplicate", None),
        ("key.txt", "quarantined", "link_outside"),
        ("loop", "ignored", None),
    ]
    assert scan(landing / "key.txt").get_column("status").to_list() == ["document"]


def test_archives_in_archives_share_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip({f"{number}.txt": GOOD * 1000 for number in range(9)}, tmp_path / "in.zip")
    inner = (tmp_path / "in.zip").read_bytes()
    (tmp_path / "in.zip").unlink()
    write_zip({f"{number}.zip": inner + bytes([number]) for number in range(9)}, tmp_path / "out.zip")
    assert scan(tmp_path).filter(pl.col("reason") == "zip_bomb").height == 0
    monkeypatch.setattr(zips.Budget, "__init__", lambda self: setattr(self, "left", 30 * 1000 * len(GOOD)))
    reasons = scan(tmp_path).group_by("reason").len().sort("reason").rows()
    assert ("zip_bomb", 6) in reasons


def test_nothing_but_ends_of_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LIMITS", dataclasses.replace(text.LIMITS, lines=5_000_000))
    monkeypatch.setattr(text, "MOST_LINES", 300_000)
    monkeypatch.setattr(reading, "MOST_LINES", 300_000)
    (tmp_path / "a.txt").write_bytes(b"\n" * 1_000_000)
    (tmp_path / "b.txt").write_bytes(b"\n" * 6_000_000)
    (tmp_path / "good.txt").write_bytes(GOOD)
    found = batches(tmp_path)
    assert max(batch.lines.height for batch in found) <= 600_000
    assert [reason for reason, _ in refused(tmp_path)] == ["too_many_lines"]
    assert sum(batch.lines.height for batch in found) > 5_000_000
    assert pl.concat([batch.documents for batch in found]).get_column("document_id").n_unique() == 3
