"""The way to PostgreSQL: its address, a connection, statements and what they say when they fail."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from expectations.sql import literal
from orchestration.trouble import Trouble

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

VARIABLE = "JIXIAO_POSTGRES_URL"


def url() -> str | None:
    """Return where to publish, None where nobody asked for it."""
    return os.environ.get(VARIABLE) or None


@contextmanager
def connected() -> "Iterator[Connection]":
    """Open the connection; what PostgreSQL or the network says becomes Trouble."""
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Trouble(
            f"{VARIABLE} is set, but PostgreSQL's driver is not installed. Run: uv run --group postgres jixiao load",
            f"已设置 {VARIABLE}，但未安装 PostgreSQL 驱动。请运行：uv run --group postgres jixiao load",
        ) from error
    try:
        with dbapi.connect(url() or "") as connection:
            yield connection
    except dbapi.Error as error:
        said = _said(error)
        raise Trouble(
            f"The release is served as files, but not by PostgreSQL, whose views show the one before: {said}"
            f" Mend it, then load again ({VARIABLE} names the server).",
            f"发布版本的文件已可用，但未能发布到 PostgreSQL，其视图仍指向上一版本：{said}"
            f" 修复后请重新装载（服务器由 {VARIABLE} 指定）。",
        ) from error


def _said(error: Exception) -> str:
    """Return PostgreSQL's own words, without the statement that they are about."""
    _, found, words = str(error).rpartition("ERROR:")
    return " ".join((words.partition("CONTEXT:")[0] if found else str(error)).split())


def execute(connection: "Connection", *statements: str) -> None:
    """Run statements that answer nothing, several of them in one round trip."""
    together = "do " + literal("begin " + "; ".join(statements) + "; end")
    with connection.cursor() as cursor:
        cursor.execute(statements[0] if len(statements) == 1 else together)


def rows(connection: "Connection", question: str, *parameters: str) -> list[tuple[Any, ...]]:
    """Return the rows that answer `question`; $1, $2, … in it stand for `parameters`."""
    with connection.cursor() as cursor:
        cursor.execute(question, parameters=parameters or None)
        return cursor.fetchall()


def quoted(*names: str) -> str:
    """Return an identifier, qualified where there are several names."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
