"""Fiscal years, which partition everything up to the lake, and the tags by which a run says its years."""

from collections.abc import Iterable

import dagster as dg

FIRST_YEAR = 2010
fiscal_years = dg.TimeWindowPartitionsDefinition(
    # end_offset=2: the year that has begun, and the next one, whose declarations are published before it begins.
    start=str(FIRST_YEAR),
    fmt="%Y",
    cron_schedule="0 0 1 1 *",
    end_offset=2,
)
EVERY = {"jixiao/years": "every"}
"""Tag of a run that takes all documents, also those whose name says no year."""


def tags(years: Iterable[int]) -> dict[str, str]:
    """Return the tags by which Dagster knows the partitions of a run; this year's where nothing says a year."""
    keys = fiscal_years.get_partition_keys()
    named = sorted({str(year) for year in years}.intersection(keys)) or keys[-2:-1]
    return {"dagster/asset_partition_range_start": named[0], "dagster/asset_partition_range_end": named[-1]}
