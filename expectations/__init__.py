"""The gates: a suite a stage, one way to run it, and the reviewed baselines.

`gate.run` judges a DuckDB database with a suite of `suites/`; `worker.Gatekeeper` runs gates in a process of their own,
because Great Expectations takes seconds to import. Nothing here is imported by `ingest`.
"""
