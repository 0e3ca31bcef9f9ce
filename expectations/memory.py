"""How much memory DuckDB may take in one process of a load; what needs more is spilled to the disk."""

import os


def limit() -> str:
    """Return JIXIAO_MEMORY as DuckDB writes sizes; dbt_project/profiles.yml has the same default.

    DuckDB's own is a share of the machine's memory, whatever a container or a service may have of it.
    """
    return os.environ.get("JIXIAO_MEMORY", "4GB")
