"""Dagster's objects, one concept a file. What they do stands in the modules beside this package."""
