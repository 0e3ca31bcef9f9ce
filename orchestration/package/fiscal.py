"""The money as a fiscal data package: one flat CSV, or one a fiscal year where there is much, with what each column is in a
budget (Fiscal Data Package 1.0, and the model of 0.3 that older tools read)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from expectations.sql import literal
from orchestration import datasets
from orchestration.package import frictionless

FOLDER = "fiscal"
_TABLE = "budget"
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
    where f.amount_yuan is not null and d.form_type = 'declaration' and {year}
    order by d.fiscal_year, d.declaration_key, f.funding_source
"""


def write(
    folder: Path, connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], kept: datasets.Kept | None = None
) -> None:
    """Write `fiscal/` with its CSV and its `datapackage.json` into the release in `folder`.

    `kept` names the release before, and the years of which its file cannot stay.
    """
    place = folder / FOLDER
    place.mkdir()
    texts = {
        "region": "r.region_name",
        "department": "d.department_name",
        "unit": "d.unit_name",
        "project": "d.project_name",
    }
    harmless = {name: _harmless(column) for name, column in texts.items()}
    for name, year, condition in _files(connection):
        file = place / f"{name}.csv"
        before = kept.folder / FOLDER / file.name if kept else None
        if kept and before and before.exists() and year is not None and year not in _years(kept):
            kept.take(before, file)
        else:
            question = _QUESTION.format(**harmless, year=condition)
            connection.execute(f"copy ({question}) to {literal(file)} (header, delimiter ',')")
    (place / frictionless.FILE).write_text(json.dumps(_package(place, manifest), ensure_ascii=False, indent=1), "utf-8")


def _years(kept: datasets.Kept) -> set[int | None]:
    return {year for table in ("fct_project_funding", "fct_declaration") for year, _ in kept.parts[table]}


def _files(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int | None, str]]:
    """Return for each file its name, its fiscal year, and SQL of the rows in it."""
    (rows,) = connection.execute("select count(*) from marts.fct_project_funding").fetchall()[0]
    if rows < datasets.LARGE:
        return [(_TABLE, None, "true")]
    years = connection.execute("select distinct fiscal_year from marts.fct_declaration order by 1").fetchall()
    return [
        (f"{_TABLE}-{year}", year, f"d.fiscal_year = {year} and f.fiscal_year = {year}")
        if year is not None
        else (f"{_TABLE}-none", None, "d.fiscal_year is null")
        for (year,) in years
    ]


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
        "resources": [_resource(file) for file in sorted(place.glob("*.csv"))],
    }


def _resource(file: Path) -> dict[str, Any]:
    return {
        "name": file.stem,
        "type": "table",
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        **frictionless.fingerprint(file),
        "schema": {
            "fields": [
                {"name": name, "type": kind, "columnType": column_type, "title": zh, "description": f"{en} · {zh}"}
                for name, (kind, column_type, _, en, zh) in _COLUMNS.items()
            ],
            "primaryKey": ["declaration_key", "funding_source"],
        },
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
