"""Put data sets, charts and dashboards into Superset, from dashboards.yml; what was changed by hand is overwritten.

uv run python assets.py import URI     into this Superset, over the database that the SQLAlchemy address names
uv run python assets.py write FILE URI a bundle (zip) that any Superset imports on its own page
"""

import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import create_engine, text

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from orchestration import dashboards, metrics

NAMESPACE = uuid.UUID("6a697869-616f-4000-8000-000000000000")
VERSION = {"version": "1.0.0"}
FORMATS = {"yuan": ",.0f", "share": ".1%", "count": ",d", "score": ".1f", "ratio": ".1f"}
KINDS = {
    "number": "big_number_total",
    "bar": "echarts_timeseries_bar",
    "bars": "echarts_timeseries_bar",
    "pie": "pie",
    "table": "table",
}
HEIGHTS = {"number": 20, "bar": 50, "bars": 70, "pie": 70, "table": 60}
"""In Superset's grid units."""


def identity(kind: str, name: str) -> str:
    """Return the same UUID for the same thing every time: an import then overwrites instead of adding."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def bundle(uri: str) -> dict[str, str]:
    """Return Superset's import format: file name to YAML."""
    engine = create_engine(uri, **engine_options(uri))
    files: dict[str, Any] = {"metadata.yaml": {**VERSION, "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"}}
    files["databases/jixiao.yaml"] = database(uri)
    for name, dataset in dashboards.datasets().items():
        with engine.connect() as connection:
            columns = list(connection.execute(text(f"select * from ({dataset.sql}) as rows_shown limit 0")).keys())  # noqa: S608
        files[f"datasets/jixiao/{name}.yaml"] = dataset_asset(dataset, columns)
    for name, chart in dashboards.charts().items():
        files[f"charts/{name}.yaml"] = chart_asset(chart)
    for name, entry in dashboards.definitions()["dashboards"].items():
        files[f"dashboards/{name}.yaml"] = dashboard_asset(name, entry)
    return {file: yaml.safe_dump(content, allow_unicode=True, sort_keys=False) for file, content in files.items()}


def engine_options(uri: str) -> dict[str, Any]:
    """Return how to open the database: DuckDB's file read only, and without a way out of it."""
    if uri.startswith("duckdb:"):
        return {"connect_args": {"read_only": True, "config": {"enable_external_access": "false"}}}
    return {}


def database(uri: str) -> dict[str, Any]:
    """Return the connection."""
    return {
        **VERSION,
        "database_name": "jixiao",
        "sqlalchemy_uri": uri,
        "uuid": identity("database", "jixiao"),
        "expose_in_sqllab": True,
        "allow_dml": False,
        "extra": {"engine_params": engine_options(uri), "allows_virtual_table_explore": True},
    }


def dataset_asset(dataset: dashboards.Dataset, columns: list[str]) -> dict[str, Any]:
    """Return a data set with its labels and its metrics."""
    labels = dashboards.definitions()["columns"]
    return {
        **VERSION,
        "table_name": dataset.title,
        "schema": None,
        "sql": dataset.sql,
        "uuid": identity("dataset", dataset.name),
        "database_uuid": identity("database", "jixiao"),
        "columns": [
            {
                "column_name": column,
                "verbose_name": labels.get(column),
                "groupby": True,
                "filterable": True,
                "is_dttm": False,
            }
            for column in columns
        ],
        "metrics": [metric_asset(name, sql) for name, sql in dataset.measures.items()],
    }


def metric_asset(name: str, sql: str) -> dict[str, Any]:
    """Return a metric as the semantic layer defines it."""
    if name == dashboards.ROWS:
        return {"metric_name": name, "expression": sql, "verbose_name": "行数 · Rows", "d3format": ",d"}
    metric = metrics.catalogue()[name]
    return {
        "metric_name": name,
        "expression": sql,
        "verbose_name": f"{metric.label_zh} · {metric.label_en}",
        "description": f"{metric.description_zh} {metric.description_en}",
        "d3format": FORMATS[metric.unit],
    }


def chart_asset(chart: dashboards.Chart) -> dict[str, Any]:
    """Return a chart with the settings of its kind."""
    units = [metrics.catalogue()[name].unit for name in chart.measures if name != dashboards.ROWS]
    number = FORMATS[units[0]] if units else ",d"
    settings: dict[str, dict[str, Any]] = {
        "number": {
            "metric": chart.measures[0] if chart.measures else None,
            "y_axis_format": number,
            "header_font_size": 0.5,
        },
        "pie": {
            "metric": chart.measures[0] if chart.measures else None,
            "groupby": chart.by,
            "row_limit": chart.limit,
            "donut": True,
            "show_legend": True,
            "label_type": "key_percent",
            "number_format": number,
        },
        "table": {
            "query_mode": "raw" if chart.rows else "aggregate",
            "all_columns": chart.rows,
            "groupby": chart.by,
            "metrics": chart.measures,
            "row_limit": chart.limit,
            "server_page_length": 20,
            "page_length": 20,
            "include_search": True,
            "show_cell_bars": False,
            "order_by_cols": [
                f'["{column.removeprefix("-")}", {str(not column.startswith("-")).lower()}]' for column in chart.order
            ],
            "table_timestamp_format": "%Y-%m-%d %H:%M",
        },
    }
    axis = {
        "x_axis": chart.by[0] if chart.by else None,
        "metrics": chart.measures,
        "groupby": [chart.split] if chart.split else [],
        "stack": "Stack" if chart.split else None,
        "orientation": "horizontal" if chart.kind == "bars" else "vertical",
        "row_limit": 10000 if chart.split else chart.limit,
        "limit": chart.limit,
        "x_axis_sort": chart.by[0] if chart.kind == "bar" and chart.by else (chart.measures or [None])[0],
        "x_axis_sort_asc": True,
        # Of stacked bars Superset sorts by this pair instead.
        "x_axis_sort_series": "name" if chart.kind == "bar" else "sum",
        "x_axis_sort_series_ascending": True,
        "xAxisForceCategorical": True,
        "show_legend": bool(chart.split) or len(chart.measures) > 1,
        "rich_tooltip": True,
        "y_axis_format": number,
        "show_value": not chart.split,
    }
    return {
        **VERSION,
        "slice_name": chart.title,
        "viz_type": KINDS[chart.kind],
        "params": {"viz_type": KINDS[chart.kind], "adhoc_filters": [], **settings.get(chart.kind, axis)},
        "uuid": identity("chart", chart.name),
        "dataset_uuid": identity("dataset", chart.dataset.name),
    }


def dashboard_asset(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a dashboard: rows of charts, and filters over all of them."""
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": entry["title"]}},
    }
    for number, charts in enumerate(entry["rows"]):
        row = f"ROW-{number}"
        position["GRID_ID"]["children"].append(row)
        above = ["ROOT_ID", "GRID_ID"]
        children = [f"CHART-{chart}" for chart in charts]
        height = max(HEIGHTS[dashboards.charts()[chart].kind] for chart in charts)
        position[row] = {
            "type": "ROW",
            "id": row,
            "children": children,
            "parents": above,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for chart, width in charts.items():
            shown = dashboards.charts()[chart]
            position[f"CHART-{chart}"] = {
                "type": "CHART",
                "id": f"CHART-{chart}",
                "children": [],
                "parents": [*above, row],
                "meta": {
                    "chartId": 0,
                    "uuid": identity("chart", chart),
                    "width": width,
                    "height": height,
                    "sliceName": shown.title,
                },
            }
    source = dashboards.charts()[next(iter(entry["rows"][0]))].dataset.name
    return {
        **VERSION,
        "dashboard_title": entry["title"],
        "slug": name,
        "published": True,
        "uuid": identity("dashboard", name),
        "position": position,
        "metadata": {
            "native_filter_configuration": [native_filter(column, source) for column in entry["filters"]],
            "color_scheme": "supersetColors",
            "label_colors": label_colours(),
            "cross_filters_enabled": True,
        },
    }


def label_colours() -> dict[str, str]:
    """Return the colours of values and metrics, by the label that a chart shows."""
    colours = dict(dashboards.definitions()["colours"])
    # Superset looks a metric's colour up by its name, though the legend shows its label.
    metric_colours = colours.pop("metrics")
    return metric_colours | {
        dashboards.label(code): colour for codes in colours.values() for code, colour in codes.items()
    }


def native_filter(column: str, dataset: str) -> dict[str, Any]:
    """Return a filter over all charts of a dashboard that have the column."""
    return {
        "id": f"NATIVE_FILTER-{column}",
        "name": dashboards.definitions()["columns"][column],
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetUuid": identity("dataset", dataset), "column": {"name": column}}],
        "controlValues": {"multiSelect": True, "searchAllOptions": True, "sortAscending": True},
        "defaultDataMask": {"filterState": {"value": None}, "extraFormData": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }


def load(uri: str) -> None:
    """Import everything into this Superset."""
    from superset.app import create_app  # noqa: PLC0415

    with create_app().app_context():
        from superset import security_manager  # noqa: PLC0415
        from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415
        from superset.utils.core import override_user  # noqa: PLC0415

        with override_user(security_manager.find_user(username="admin")):
            ImportAssetsCommand(bundle(uri)).run()


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    if arguments[:1] == ["import"] and len(arguments) == 2:
        load(arguments[1])
    elif arguments[:1] == ["write"] and len(arguments) == 3:
        with zipfile.ZipFile(arguments[1], "w") as archive:
            for file, content in bundle(arguments[2]).items():
                archive.writestr(f"jixiao/{file}", content)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
