"""Errors that a person reads: what, where and what to do, in English and Chinese."""

import errno

_HEALING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT}
"""What the operating system says of a full disk, a shaky network drive, a busy file: it may be gone in a minute."""

_DISK = ("No space left on device", "disk is full", "disk I/O error", "Disk quota exceeded")


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
    return of_disk(error) is not None or any(
        isinstance(cause, ConnectionError | TimeoutError | MemoryError)
        or (isinstance(cause, OSError) and cause.errno in _HEALING)
        for cause in _causes(error)
    )


def of_disk(error: BaseException) -> Trouble | None:
    """Return in plain words what the disk refused, whoever says it: Python, DuckDB, SQLite; None where it is no such thing."""
    said = [str(cause) for cause in _causes(error) if any(words in str(cause) for words in _DISK)]
    return refused(" ".join(said[-1].split())[:300]) if said else None


def refused(said: str) -> Trouble:
    """Say what the operating system refused, and that nothing is broken by it."""
    return Trouble(
        f"The disk said no: {said}. Nothing was published, the last release is still served;"
        " make room or mend the rights, then load again.",
        f"磁盘操作失败：{said}。未发布任何内容，上一版本仍然有效；请清理空间或修正权限后重新装载。",
    )


def not_listening(host: str, port: int, error: OSError) -> Trouble:
    """Say that nothing can be served at an address, and why."""
    return Trouble(
        f"Nothing can be served at {host}:{port}: {error.strerror or error}. Name another address or port.",
        f"无法在 {host}:{port} 提供服务：{error.strerror or error}。请指定其他地址或端口。",
    )


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    return causes
