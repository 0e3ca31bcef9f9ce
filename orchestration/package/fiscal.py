"""The money as a fiscal data package: one flat CSV, with what each column is in a budget (Fiscal Data Package 1.0, and the
model of 0.3 that older tools read)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.package import frictionless

FOLDER = "fiscal"
_TABLE = "budget.csv"
_COLUMNS = {
    # name: (type, columnType of the Fiscal Data Package, dimension of its model, English, Chinese)
    "fiscal_year": ("integer", "date:fiscal-year", "date", "Fiscal year", "预算年度"),
    "region_code": ("string", "geo:source:code", "location", "Administrative division", "行政区划代码"),
    "region_name": ("string", "geo:source:title", "location", "Its name", "行政区划名称"),
    "department_code": (
        "string", "administrative-classification:generic:level1:code", "entity", "Department's code", "主管部门代码"),
    "department_name": (
        "string", "administrative-classification:generic:level1:label", "entity", "Department", "主管部门"),
    "unit_name": (
        "string", "administrative-classification:generic:level2:label", "entity", "Implementing unit", "实施单位"),
    "project_code": ("string", "activity:generic:project:code", "project", "Project's code", "项目编码"),
    "project_name": ("string", "activity:generic:project:label", "project", "Project", "项目名称"),
    "funding_source": ("string", "fin-source:generic:level1:code", "source", "Funding source", "资金来源代码"),
    "funding_source_name": ("string", "fin-source:generic:level1:label", "source", "Its name", "资金来源"),
    "amount_yuan": ("number", "value", "", "Planned spending in yuan", "申报金额（元）"),
    "declaration_key": ("string", "transaction-id:code", "transaction", "Declaration", "申报表主键"),
}  # fmt: skip
_KINDS = {
    "date": "datetime", "location": "location", "entity": "entity", "project": "activity", "source": "classification",
    "transaction": "fact",
}  # fmt: skip
_QUESTION = r"""
    select
        d.fiscal_year, d.region_code, {region} as region_name, d.department_code, {department} as department_name,
        {unit} as unit_name, d.project_code, {project} as project_name, f.funding_source,
        s.name_zh as funding_source_name, f.amount_yuan, d.declaration_key
    from marts.fct_project_funding as f
    inner join marts.fct_declaration as d using (declaration_key)
    left join marts.dim_funding_source as s using (funding_source)
    left join marts.dim_region as r on d.region_code = r.region_code
    where f.amount_yuan is not null and d.form_type = 'declaration'
    order by d.fiscal_year, d.declaration_key, f.funding_source
"""


def write(folder: Path, connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Write `fiscal/budget.csv` and its `datapackage.json` into the release in `folder`."""
    place = folder / FOLDER
    place.mkdir()
    texts = {
        "region": "r.region_name",
        "department": "d.department_name",
        "unit": "d.unit_name",
        "project": "d.project_name",
    }
    question = _QUESTION.format(**{name: _harmless(column) for name, column in texts.items()})
    connection.execute(f"copy ({question}) to '{place / _TABLE}' (header, delimiter ',')")
    (place / frictionless.FILE).write_text(json.dumps(_package(place, manifest), ensure_ascii=False, indent=1), "utf-8")


def _harmless(column: str) -> str:
    """Return SQL of a text that a spreadsheet takes for no formula."""
    return rf"case when regexp_matches({column}, '^[=+\-@\t\r]') then '''' || {column} else {column} end"


def _package(place: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "profile": "fiscal-data-package",
        **frictionless.about(manifest),
        "name": f"{frictionless.NAME}-fiscal",
        "countryCode": "CN",
        "granularity": "aggregated",
        "model": _model(),
        "resources": [
            {
                "name": "budget",
                "type": "table",
                "path": _TABLE,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "profile": "tabular-data-resource",
                **frictionless.fingerprint(place / _TABLE),
                "schema": {
                    "fields": [
                        {
                            "name": name,
                            "type": kind,
                            "columnType": column_type,
                            "title": zh,
                            "description": f"{en} · {zh}",
                        }
                        for name, (kind, column_type, _, en, zh) in _COLUMNS.items()
                    ],
                    "primaryKey": ["declaration_key", "funding_source"],
                },
            }
        ],
    }


def _model() -> dict[str, Any]:
    """Return measures and dimensions, as version 0.3 asks for."""
    dimensions: dict[str, Any] = {}
    for name, (_, column_type, dimension, *_) in _COLUMNS.items():
        if dimension:
            entry = dimensions.setdefault(
                dimension, {"dimensionType": _KINDS[dimension], "attributes": {}, "primaryKey": [name]}
            )
            is_label = column_type.endswith((":label", ":title"))
            entry["attributes"][name] = {"source": name, **({"labelfor": entry["primaryKey"][0]} if is_label else {})}
    return {
        "measures": {
            "amount_yuan": {"source": "amount_yuan", "currency": "CNY", "direction": "expenditure", "phase": "proposed"}
        },
        "dimensions": dimensions,
    }
