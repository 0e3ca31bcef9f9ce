"""Documents in, frames out: the way from a landing folder to the lake.

Pure functions over polars frames. Knows no Dagster, dbt, DuckDB or Great Expectations.
"""
