"""The desk: a thin Dagster over the stages, what publishes a release, and the command line."""
