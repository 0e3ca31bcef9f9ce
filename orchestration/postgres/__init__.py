"""Releases in PostgreSQL, which every BI tool speaks: a schema a release, and the views in `marts` that point to one.

A release is loaded in one transaction, analysed, and served by a second transaction that replaces all views at once.
Views are switched when nobody still reads with a snapshot from before the load: such a reader would find the new
tables empty. What fails leaves the views as they were.
"""

import re

from orchestration import dictionary
from orchestration import release as releases
from orchestration.home import Home
from orchestration.postgres import tables, views
from orchestration.postgres.load import load
from orchestration.postgres.server import connected, execute, rows, url
from orchestration.postgres.views import READER
from orchestration.release import Release

__all__ = ["READER", "follow", "publish", "schema_of", "url"]
_ONE_PUBLISHER = 0x4A69_7869_616F
"""Advisory lock: two publications never run at once."""


def follow(home: Home) -> Release | None:
    """Let PostgreSQL show the release that is served, where the environment asks for it; return that release."""
    release = releases.current(home)
    if url() is None or release is None:
        return None
    publish(home, release)
    return release


def publish(home: Home, release: Release) -> None:
    """Load `release` into the PostgreSQL that the environment names, unless it is there, and let the views show it.

    Raises Trouble with PostgreSQL's words; the views then still show the release before.
    """
    with connected() as connection:
        execute(connection, f"select pg_advisory_lock({_ONE_PUBLISHER})")
        connection.commit()
        schema = schema_of(release)
        published = tables.read(release)
        if not rows(connection, "select from pg_namespace where nspname = $1", schema):
            load(connection, schema, release, published, dictionary.read(home))
        committed_at = rows(connection, "select clock_timestamp()::text")[0][0]
        before = views.served(connection)
        connection.commit()
        if before != schema:
            views.switch(connection, schema, committed_at)
            views.forget(connection, keep={schema, before})


def schema_of(release: Release) -> str:
    """Return the schema that holds `release`."""
    return views.PREFIX + re.sub(r"[^a-z0-9]", "_", release.release_id.lower())
