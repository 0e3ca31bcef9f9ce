"""What takes long to import and starts no work of polars, which a fork would lose; for tests.faults.victim's fork server."""

import dagster  # noqa: F401
import dagster_dbt  # noqa: F401
import dbt.adapters.duckdb
import dbt.cli.main  # noqa: F401
import duckdb_engine  # noqa: F401
import great_expectations  # noqa: F401

import expectations.gate  # noqa: F401
