"""Which releases stay: the newest ones, the one that is served, and those that somebody reads.

DuckDB locks a file that it reads (a POSIX read lock, also over NFS), so that a release in use is seen by asking for the
write lock. One that is held stays until a later publication finds it free.
"""

import errno
import fcntl
import shutil

from orchestration import release
from orchestration.home import Home

KEEP = 10
"""Releases that stay, the newest ones."""
_REMOVING = ".removing-"


def retain(home: Home) -> list[str]:
    """Remove the releases that need not stay; return their names."""
    served = release.current(home)
    removed = [old for old in release.kept(home)[KEEP:] if old != served and not is_held(old)]
    for old in removed:
        remove(old)
    return [old.release_id for old in removed]


def remove(old: release.Release) -> None:
    """Remove a release; renamed first, so that no name ever stands for half of one."""
    aside = old.folder.with_name(f"{_REMOVING}{old.release_id}")
    old.folder.rename(aside)
    shutil.rmtree(aside)


def sweep(home: Home) -> None:
    """Remove what a killed process had begun to remove."""
    for leftover in home.releases.glob(f"{_REMOVING}*"):
        shutil.rmtree(leftover)


def is_held(old: release.Release) -> bool:
    """Whether another process reads the release's database."""
    if not old.database.exists():
        return False
    with old.database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return True
            raise
    return False
