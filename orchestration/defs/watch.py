"""The nightly look as checks of the release: are its bytes whole, are the expected years in it; alerts go out with it.

What is looked at stands in orchestration.alerts.watch.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration import clock, release
from orchestration.alerts import post, watch
from orchestration.home import Home

_WHOLE = dg.AssetCheckSpec("whole", asset="release", description="Every kept byte has its checksum. 文件校验一致。")
_FRESH = dg.AssetCheckSpec("fresh", asset="release", description="The expected years are loaded. 应有年度均已装载。")


@dg.multi_asset_check(name="look", specs=[_WHOLE, _FRESH])
def look(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Look, tell what is new, and show both verdicts."""
    home, now = Home.at(), clock.now()
    found = watch.look(home, now, thorough=True)
    scheduled, looked_at = watch.look_at_schedules(context.instance, now)
    post.report(home, [*found, *scheduled], watch.SCOPES | watch.DAMAGE | looked_at, now)
    served = release.current(home)
    missing = [problem.fiscal_year for problem in found if problem.scope == "freshness"]
    broken = [place for problem in found if problem.scope == "damage" for place in problem.where]
    yield dg.AssetCheckResult(
        check_name="whole",
        asset_key="release",
        passed=not broken,
        metadata={"release_id": served.release_id if served else "-", "damaged": broken},
    )
    metadata = {"missing": missing}
    yield dg.AssetCheckResult(check_name="fresh", asset_key="release", passed=not missing, metadata=metadata)
