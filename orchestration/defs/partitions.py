"""Fiscal years, which partition everything up to the lake. Nothing else belongs here."""

import dagster as dg

FIRST_YEAR = 2010
fiscal_years = dg.TimeWindowPartitionsDefinition(
    # end_offset=2: the year that has begun, and the next one, whose declarations are published before it begins.
    start=str(FIRST_YEAR),
    fmt="%Y",
    cron_schedule="0 0 1 1 *",
    end_offset=2,
)
