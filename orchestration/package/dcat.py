"""The release as a DCAT 3 record (JSON-LD), with the core elements of GB/T 21063.3 (政务信息资源核心元数据) beside it.

The context stands inside: nothing is fetched to read it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.package import frictionless

FILE = "dcat.jsonld"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "gb": "urn:gb-t:21063.3-2007:",
}
_MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".duckdb": "application/vnd.duckdb",
    ".csv": "text/csv",
    ".json": "application/json",
    ".html": "text/html",
}
_IANA = "https://www.iana.org/assignments/media-types/"


def write(folder: Path, connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Write `dcat.jsonld` of the release in `folder`; every table is a distribution with its checksum."""
    (folder / FILE).write_text(
        json.dumps(_record(folder, connection, manifest), ensure_ascii=False, indent=1, default=str), "utf-8"
    )


def _record(folder: Path, connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> dict[str, Any]:
    title_en, _, title_zh = frictionless.TITLE.rpartition(" ")
    text_en, _, text_zh = frictionless.DESCRIPTION.rpartition(". ")
    first, last = _years(connection)
    release = manifest["release_id"]
    parquet = sorted(path for path in (folder / "parquet").rglob("*.parquet") if path.is_file())
    files = [*parquet, folder / "warehouse.duckdb", folder / frictionless.FILE]
    return {
        "@context": _CONTEXT,
        "@id": f"urn:jixiao:release:{release}",
        "@type": "dcat:Dataset",
        "dct:identifier": release,
        "dct:title": _both(title_en, title_zh),
        "dct:description": _both(f"{text_en}.", text_zh),
        "dct:issued": {"@value": manifest["created_at"], "@type": "xsd:dateTime"},
        "dct:language": ["zh", "en"],
        "dct:license": frictionless.LICENSES[0]["title"],
        "dct:spatial": _places(connection),
        "dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(first), "dcat:endDate": _day(last)},
        "dct:provenance": [f"sha256:{document['document_id']}" for document in manifest["documents"]],
        "dcat:keyword": frictionless.KEYWORDS,
        "dcat:theme": {"@id": "http://publications.europa.eu/resource/authority/data-theme/GOVE"},
        "dcat:version": release,
        **({"dcat:prev": {"@id": f"urn:jixiao:release:{manifest['previous']}"}} if manifest["previous"] else {}),
        "dcat:distribution": [_distribution(folder, file) for file in files],
        "gb:信息资源名称": title_zh,
        "gb:信息资源摘要": text_zh,
        "gb:信息资源标识符": release,
        "gb:信息资源分类": "财政",
        "gb:关键字说明": [word for word in frictionless.KEYWORDS if not word.isascii()],
        "gb:语种": "zh",
        "gb:元数据更新日期": manifest["created_at"][:10],
    }


def _distribution(folder: Path, file: Path) -> dict[str, Any]:
    path, mark = str(file.relative_to(folder)), frictionless.fingerprint(file)
    return {
        "@type": "dcat:Distribution",
        "dct:title": file.stem if file.parent.suffix != file.suffix else f"{file.parent.stem} {file.stem}",
        "dcat:downloadURL": {"@id": path},
        "dcat:mediaType": {"@id": _IANA + _MEDIA[file.suffix]},
        "dcat:byteSize": {"@value": mark["bytes"], "@type": "xsd:nonNegativeInteger"},
        **({"spdx:checksum": _checksum(mark["hash"])} if "hash" in mark else {}),
    }


def _checksum(fingerprint: str) -> dict[str, Any]:
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": {"@value": fingerprint.partition(":")[2], "@type": "xsd:hexBinary"},
    }


def _years(connection: duckdb.DuckDBPyConnection) -> tuple[Any, Any]:
    return connection.execute("select min(starts_on), max(ends_on) from dim_fiscal_year").fetchall()[0]


def _places(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    found = connection.execute(
        "select distinct r.region_code, r.region_name from fct_declaration as d"
        " inner join dim_region as r using (region_code) order by all"
    )
    return [{"@type": "dct:Location", "dct:identifier": code, "dct:title": name} for code, name in found.fetchall()]


def _both(en: str, zh: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]


def _day(day: Any) -> dict[str, Any]:
    return {"@value": day, "@type": "xsd:date"}
