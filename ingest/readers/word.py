"""Old Word files (doc, rtf) → docx, by LibreOffice: one start for many files, one start at a time."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ingest.readers.errors import Unreadable
from ingest.readers.limits import LIMITS

_SECURITY: Final = ("DisableMacrosExecution", "BlockUntrustedRefererLinks")
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</oor:items>
"""
_ITEM: Final = """<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="{}" oor:op="fuse"><value>true</value></prop></item>"""


def convert(sources: Sequence[Path], folder: Path) -> dict[Path, Path | Unreadable]:
    """Convert old Word files to docx.

    Args:
        sources: the files; their names are our own.
        folder: where the converted files and LibreOffice's profile are put.

    Returns:
        For each source the docx, or why there is none.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return dict.fromkeys(sources, Unreadable("libreoffice_missing"))
    _run(program, sources, folder)
    for source in sources:  # a file that stops the program takes those behind it along
        if len(sources) > 1 and not _target(source, folder).exists():
            _run(program, [source], folder)
    return {source: _result(source, folder) for source in sources}


def _result(source: Path, folder: Path) -> Path | Unreadable:
    target = _target(source, folder)
    return target if target.exists() else Unreadable("conversion_failed")


def _target(source: Path, folder: Path) -> Path:
    return folder / f"{source.stem}.docx"


def _run(program: str, sources: Sequence[Path], folder: Path) -> None:
    """Run LibreOffice with a profile of its own, in which macros and links to elsewhere are off."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="profile") as profile:
        settings = Path(profile, "user", "registrymodifications.xcu")
        settings.parent.mkdir()
        settings.write_text(_PROFILE.format("".join(map(_ITEM.format, _SECURITY))), encoding="utf-8")
        command = [
            program,
            "--headless",
            "--norestore",
            "--nolockcheck",
            f"-env:UserInstallation={Path(profile).as_uri()}",
        ]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), *map(str, sources)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if hasattr(resource, "prlimit"):
            limit = 2 * LIMITS.memory_bytes_per_document  # LibreOffice alone maps some 2 GB
            resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
        try:
            process.wait(LIMITS.seconds_per_document)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
