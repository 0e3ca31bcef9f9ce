"""What starts because something happened: documents landed, a run failed. What they start stands elsewhere."""

import dagster as dg

from orchestration import arrivals, mark
from orchestration.alerts import post, sources, state
from orchestration.defs.partitions import EVERY, tags
from orchestration.defs.retries import RESTART
from orchestration.home import Home
from orchestration.trouble import Trouble


@dg.sensor(
    name="landing",
    job_name="load",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New or changed documents, once they have stopped growing. 新增或变更的文件（待其写入完成）。",
)
def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a load when documents have landed and are whole."""
    home = Home.at()
    if mark.under_way(home):
        return dg.SkipReason("A load is under way. 正在装载。")
    seen = arrivals.look(home)
    if seen is None:
        return dg.SkipReason(f"No documents in {home.landing}. 投放目录为空。")
    if context.cursor != seen.look:
        arriving = "Documents are arriving; looking again. 文件正在写入，稍后再看。"
        return dg.SensorResult(skip_reason=arriving, cursor=seen.look)
    if not seen.is_new:
        return dg.SkipReason("Nothing new. 没有新文件。")
    # The key says what landed since the last load: nothing is loaded twice, however often the sensor looks.
    return dg.SensorResult([dg.RunRequest(f"landing-{seen.key}", tags=tags(seen.years) | EVERY | RESTART)])


@dg.run_failure_sensor(
    name="failures",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of runs that failed before they could say so themselves. 上报未能自行上报的失败运行。",
)
def failures(context: dg.RunFailureSensorContext) -> None:
    """Report a failed run that no open problem tells of already."""
    home, run_id = Home.at(), context.dagster_run.run_id
    if context.dagster_run.tags.get("dagster/will_retry") == "true":
        return
    with state.opened(home) as kept:
        told = any(case.problem.run_id == run_id for case in kept.open())
    if not told:
        said = context.failure_event.message or "the run failed"
        post.report(home, [sources.failure(Trouble(said, said), run_id)], ())
