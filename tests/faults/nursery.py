"""What takes long and starts no work of polars, which a fork would lose; for tests.faults.victim's fork server.

JIXIAO_HOME has to name a home whose dbt project is parsed: the graph is put together from that.
"""

import dbt.adapters.duckdb  # noqa: F401
import duckdb_engine  # noqa: F401
import great_expectations  # noqa: F401

import expectations.gate  # noqa: F401
from orchestration import load, publish  # noqa: F401
from orchestration.home import Home

JOB = load._job(Home.at())
