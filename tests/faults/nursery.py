"""What takes long to import and starts no threads that a fork would lose; for tests.faults.victim's fork server."""

import apprise
import dagster
import dagster_dbt
import dbt.adapters.duckdb
import dbt.cli.main
import duckdb_engine
import great_expectations

import expectations.gate

__all__ = ["apprise", "dagster", "dagster_dbt", "dbt", "duckdb_engine", "expectations", "great_expectations"]
