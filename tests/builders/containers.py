"""Writers of containers: text, html, openpyxl, python-docx, and LibreOffice for xls, doc and pdf."""

import html
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm

from tests.builders.layout import Block, grid, placed


def write_txt(blocks: Sequence[Block], path: Path, encoding: str = "utf-8", newline: str = "\n") -> None:
    """Write tables with tabs between cells, a line break inside a cell as a blank."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        else:
            lines += ["\t".join(text.replace("\n", " ") for text in row) for row in grid(block)]
    path.write_bytes(newline.join(lines).encode(encoding))


def write_html(blocks: Sequence[Block], path: Path, encoding: str = "utf-8") -> None:
    """Write a web page with rowspan and colspan."""
    parts = [f'<!DOCTYPE html><html><head><meta charset="{encoding}"><style>td {{}}</style></head><body>']
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
            continue
        parts.append("<table border=1>")
        for row in block:
            cells = (
                f'<td rowspan="{c.high}" colspan={c.wide}>{html.escape(c.text).replace(chr(10), "<br/>")}</td>'
                for c in row
            )
            parts.append(f"<tr>{''.join(cells)}</tr>")
        parts.append("</table>")
    path.write_bytes("\n".join([*parts, "</body></html>"]).encode(encoding))


def write_xlsx(blocks: Sequence[Block], path: Path) -> None:
    """Write a sheet for each table; a paragraph is a cell in the first column of the sheet that follows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheet, top = None, 0
    for block in blocks:
        if sheet is None:
            sheet, top = book.create_sheet(f"表{len(book.sheetnames) + 1}"), 1
        if isinstance(block, str):
            sheet.cell(top, 1).value = block
            top += 1
            continue
        for row_no, column, cell in placed(block):
            target = sheet.cell(top + row_no, column + 1)
            target.value, target.data_type = cell.text or None, "s" if cell.text else "n"
            if cell.high > 1 or cell.wide > 1:
                sheet.merge_cells(
                    start_row=top + row_no,
                    start_column=column + 1,
                    end_row=top + row_no + cell.high - 1,
                    end_column=column + cell.wide,
                )
        sheet = None
    book.save(path)


def write_docx(
    blocks: Sequence[Block], path: Path, *, landscape: bool = False, font: str = "Noto Serif CJK SC"
) -> None:
    """Write a document with bordered tables."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name = font
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        rows = grid(block)
        table = document.add_table(len(rows), len(rows[0]))
        table.style = "Table Grid"
        cells = [list(row.cells) for row in table.rows]
        for row_no, column, cell in placed(block):
            first = cells[row_no][column]
            if cell.high > 1 or cell.wide > 1:
                first = first.merge(cells[row_no + cell.high - 1][column + cell.wide - 1])
            first.text = cell.text
    document.add_paragraph()  # Word ends every document with one; LibreOffice loses a table that has none behind it
    document.save(path)


def convert(source: Path, extension: str) -> Path:
    """Convert a file with LibreOffice, beside it."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice makes this file, and is not installed here")
    profile = source.parent / "profile"
    command = [
        program,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        extension,
    ]
    subprocess.run(
        [*command, "--outdir", str(source.parent), str(source)], check=True, capture_output=True, timeout=120
    )
    shutil.rmtree(profile, ignore_errors=True)
    return source.with_suffix(f".{extension}")


def _by_office(write: Callable[[Sequence[Block], Path], None], between: str) -> Callable[[Sequence[Block], Path], None]:
    def written(blocks: Sequence[Block], path: Path) -> None:
        source = path.with_suffix(f".{between}")
        write(blocks, source)
        convert(source, path.suffix[1:])
        source.unlink()

    return written


WRITERS: dict[str, Callable[[Sequence[Block], Path], None]] = {
    "txt": write_txt,
    "html": write_html,
    "xlsx": write_xlsx,
    "docx": write_docx,
    "xls": _by_office(write_xlsx, "xlsx"),
    "doc": _by_office(write_docx, "docx"),
    "pdf": _by_office(write_docx, "docx"),
}
"""By format. Those of LibreOffice take a second each."""


class _WindowsInfo(zipfile.ZipInfo):
    """A member whose name stands in the local code page of a Chinese Windows, unmarked."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits


def write_zip(members: dict[str, bytes], path: Path, *, windows: bool = False) -> None:
    """Write a zip, on request with names as a Chinese Windows writes them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = (_WindowsInfo if windows else zipfile.ZipInfo)(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
