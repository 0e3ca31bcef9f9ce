"""What starts by the clock (Asia/Shanghai): the yearly load, the nightly look. What they do stands elsewhere."""

import os
from datetime import timedelta

import dagster as dg

from orchestration import arrivals
from orchestration.defs.partitions import EVERY, tags
from orchestration.defs.retries import RESTART
from orchestration.home import Home

ZONE = "Asia/Shanghai"
YEARLY = os.environ.get("JIXIAO_LOAD_CRON", "0 2 1 3 *")
"""Budgets are adopted in the first weeks of the year and published within twenty days: the first of March, at two."""
NIGHTLY = os.environ.get("JIXIAO_WATCH_CRON", "30 3 * * *")
FRESH = dg.FreshnessPolicy.cron(deadline_cron="0 0 1 4 *", lower_bound_delta=timedelta(days=90), timezone=ZONE)
"""By the first of April a release has been published since the year began."""


@dg.schedule(
    job_name="load",
    cron_schedule=YEARLY,
    execution_timezone=ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Loads what has landed by the day of the year. 每年定期装载。",
)
def yearly_load(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Load everything that lies in the landing folder."""
    seen = arrivals.look(Home.at())
    if seen is None:
        return dg.SkipReason(f"No documents in {Home.at().landing}. 投放目录为空。")
    day = f"{context.scheduled_execution_time:%Y-%m-%d}"
    return dg.RunRequest(f"yearly-{day}", tags=tags(seen.years) | EVERY | RESTART)


nightly_watch = dg.ScheduleDefinition(
    name="nightly_watch",
    job_name="watch",
    cron_schedule=NIGHTLY,
    execution_timezone=ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Looks at the current release and at what is missing. 每夜检查当前版本与缺失项。",
)
