"""dbt's models as assets and its tests as checks. How dbt runs stands in orchestration.transform."""

import json
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import anew, inputs, publish, release, transform
from orchestration.defs import checks
from orchestration.defs.resources import WRITER, Desk
from orchestration.home import Home
from orchestration.trouble import Trouble


class Translator(DagsterDbtTranslator):
    """Names: a source `lake.form` is the asset lake/form, a model is marts/fct_declaration by its schema."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return folder and name."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the layer: seeds, staging, intermediate, marts."""
        return None if dbt_resource_props["resource_type"] == "source" else dbt_resource_props["schema"]


def manifest() -> dict[str, Any]:
    """Return dbt's manifest; the project is parsed first where the home has none of this code yet."""
    home = Home.at()
    path = transform.manifest_path(home)
    newest = max(file.stat().st_mtime for file in transform.PROJECT.rglob("*") if file.is_file())
    with transform.parsing(home):
        if not path.exists() or path.stat().st_mtime < newest:
            transform.parse(home)
    return json.loads(path.read_text("utf-8"))


def build(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Return the one op that builds and tests every model of `manifest`."""
    translator = Translator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="warehouse", pool=WRITER)
    def warehouse(desk: Desk) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        session = desk.session
        with session.stage("build"):
            session.release_id = release.new_id(session.home, inputs.key(session.home))
            if session.copy:
                session.copy.wait()
            session.build = session.engine.build(
                session.home, session.release_id, lambda name, _: session.reporter.progress("build", name)
            )
            if session.base and session.build.is_on_top and not session.build.blocking:
                session.anew = anew.write(session.home)
                session.compared = session.meanwhile.submit(publish.compared, session)
                checks.begin(session)
            rows = release.rows(session.home.database)
            built = {node.unique_id: node for node in session.build.nodes}
            # Dagster wants to hear of tables in the order in which they hang together.
            for unique_id in TopologicalSorter(manifest["parent_map"]).static_order():
                if unique_id in built:
                    yield from _events(manifest, translator, built[unique_id], rows)
                elif transform.FIXED in manifest["nodes"].get(unique_id, {}).get("tags", ()):
                    yield _kept(translator.get_asset_key(manifest["nodes"][unique_id]))
            if session.build.blocking:
                raise blocked(session.build)

    return warehouse


def _events(
    manifest: Mapping[str, Any], translator: Translator, node: transform.NodeResult, rows: Mapping[str, int]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Return what Dagster hears of one node."""
    if node.resource_type in {"model", "seed", "snapshot"} and node.good:
        key = translator.get_asset_key(manifest["nodes"][node.unique_id])
        counted = {"dagster/row_count": rows[node.name]} if node.name in rows else {}
        yield dg.MaterializeResult(asset_key=key, metadata={"seconds": node.seconds, "status": node.message, **counted})
    elif node.resource_type == "test":
        check = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
        if check:
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=node.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if node.good else dg.AssetCheckSeverity.ERROR,
                metadata={"failures": node.failures or 0, "seconds": node.seconds},
            )


def _kept(key: dg.AssetKey) -> dg.MaterializeResult:
    """Return what Dagster hears of a table that a build on top of an earlier one need not build again."""
    return dg.MaterializeResult(asset_key=key, metadata={"status": "as the last build left it"})


def blocked(build: transform.Build) -> Trouble:
    """Return the error that names every model and test that failed."""
    said = {node.name: " ".join(node.message.split())[:400] for node in build.blocking}
    lines = "\n".join(f"  {node.resource_type} {node.name}: {said[node.name]}" for node in build.blocking)
    return Trouble(
        f"{len(build.blocking)} of dbt's models or tests failed, nothing was published:\n{lines}",
        f"有 {len(build.blocking)} 个 dbt 模型或测试未通过，未发布任何内容。",
    )
