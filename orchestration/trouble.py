"""Errors that a person reads: what, where and what to do, in English and Chinese."""

import errno

_HEALING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT}
"""What the operating system says of a full disk, a shaky network drive, a busy file: it may be gone in a minute."""


class Trouble(Exception):
    """Something went wrong that can be said in plain words; the command line shows it and exits 1."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __str__(self) -> str:
        return f"{self.en}\n{self.zh}"


def can_heal(error: BaseException) -> bool:
    """Whether the same attempt may go well a little later: a matter of the machine, not of the data."""
    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    return any(
        isinstance(cause, ConnectionError | TimeoutError | MemoryError)
        or (isinstance(cause, OSError) and cause.errno in _HEALING)
        for cause in causes
    )
