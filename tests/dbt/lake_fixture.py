"""A lake made of the golden reading of the sample, and of years invented from it with known changes."""

import copy
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from ingest import lake
from ingest.schema import LAKE

GOLDEN = Path(__file__).parents[1] / "golden" / "liuzhou-2023.json"
SOURCES = {
    "general_public_superior": "上级",
    "general_public_local": "本级",
    "government_fund": "政府性基金",
    "other": "其他资金",
}
SCALES = {"万": Decimal(10000), "亿": Decimal(100000000)}

Form = dict[str, Any]


def golden() -> list[Form]:
    """Return the sample's forms as two people read them."""
    return json.loads(GOLDEN.read_text("utf-8"))


def of_year(forms: list[Form], year: int) -> list[Form]:
    """Return a copy of `forms` declared for another fiscal year, deadlines moved with it."""
    moved = copy.deepcopy(forms)
    for form in moved:
        shift = year - form["fiscal_year"]
        form["fiscal_year"] = year
        for indicator in form["indicators"]:
            for end in ("start", "end"):
                if indicator["target"].get(end):
                    day = date.fromisoformat(indicator["target"][end])
                    indicator["target"][end] = day.replace(year=day.year + shift).isoformat()
    return moved


class Document:
    """A document of `forms`, as the lake would hold it."""

    def __init__(
        self,
        name: str,
        forms: list[Form],
        *,
        published_on: date | None = None,
        modified_at: datetime = datetime(2023, 2, 1, tzinfo=UTC),
        region_code: str | None = "450200",
        status: str = "read",
    ) -> None:
        self.name, self.forms, self.region_code, self.status = name, forms, region_code, status
        self.published_on, self.modified_at = published_on, modified_at
        content = json.dumps([name, forms], ensure_ascii=False, sort_keys=True)
        self.document_id = hashlib.sha256(content.encode()).hexdigest()

    @property
    def fiscal_year(self) -> int:
        return self.forms[0]["fiscal_year"]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each lake table; columns that are not said are NULL."""
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in LAKE}
        last_line = 0
        for number, form in enumerate(self.forms, start=1):
            key = {"document_id": self.document_id, "form_no": number}
            lines = [indicator["line"] for indicator in form["indicators"]]
            last_line = max(last_line, form["line_start"], *lines)
            rows["form"].append(key | self._form(form))
            rows["funding"] += [key | funding for funding in _funding(form)]
            for indicator in form["indicators"]:
                rows["indicator"].append(key | _indicator(indicator, form))
                rows["milestone"] += [
                    key
                    | {"indicator_no": indicator["no"], "step_no": step_no, "due_on": date.fromisoformat(step["end"])}
                    | {"operator": step["operator"], "target_value": Decimal(str(step["value"])), "unit": step["unit"]}
                    for step_no, step in enumerate(indicator["target"].get("milestones", []), start=1)
                ]
            rows["source_line"] += [
                {"document_id": self.document_id, "table_no": 0, "place": "", "line_no": line, "form_no": number}
                | {"raw_text": f"{number}:{line}", "disposition": "indicator" if line in lines else "title"}
                for line in sorted({form["line_start"], *lines})
            ]
        rows["document"].append(
            {
                "document_id": self.document_id,
                "file_name": self.name,
                "other_names": [],
                "format": "txt",
                "encoding": "utf-8",
                "byte_size": 1000,
                "fiscal_year": self.fiscal_year,
                "fiscal_year_from": "folder",
                "published_on": self.published_on,
                "modified_at": self.modified_at,
                "status": self.status,
                "line_count": len(rows["source_line"]),
                "form_count": len(self.forms),
                "code_version": "fixture",
            }
        )
        return rows

    def _form(self, form: Form) -> dict[str, Any]:
        code = form["project_code"]
        total = form["funding"]["total"]
        return {
            "table_no": 0,
            "line_start": form["line_start"],
            "line_end": max(indicator["line"] for indicator in form["indicators"]),
            "family": "liuzhou",
            "form_type": form.get("form_type", "declaration"),
            "title": form["title"],
            "fiscal_year": form["fiscal_year"],
            "fiscal_year_from": "title",
            "region_code": self.region_code,
            "region_from": "code" if self.region_code else None,
            "project_name": form["project_name"],
            "project_code": code,
            "library_year": 2000 + int(code[6:8]) if code else None,
            "code_department": code[10:13] if code else None,
            "unit_name": form["implementing_unit"],
            "department_code": form["supervising_department_code"],
            "department_name": form["supervising_department"],
            "project_attribute_raw": form["project_attribute_raw"],
            "project_attribute": form["project_attribute"],
            "money_unit": "yuan",
            "total_raw": None if total is None else str(total),
            "total_yuan": None if total is None else Decimal(str(total)),
            "annual_goal": form["annual_goal"],
            "indicator_count": len(form["indicators"]),
        }


def _funding(form: Form) -> list[dict[str, Any]]:
    return [
        {"table_no": 0, "line_no": form["line_start"] + 1, "scope": "annual", "funding_source": source, "label": label}
        | {"amount_raw": str(amount), "amount_yuan": None if amount is None else Decimal(str(amount))}
        for source, label in SOURCES.items()
        for amount in [form["funding"][source]]
    ]


def _indicator(indicator: dict[str, Any], form: Form) -> dict[str, Any]:
    target = indicator["target"]
    row = {
        "indicator_no": indicator["no"],
        "table_no": 0,
        "line_no": indicator["line"],
        "scope": "annual",
        "level1": indicator["level1"],
        "level2": indicator["level2"],
        "content": indicator["content"],
        "value_raw": indicator["value_raw"],
        "target_kind": target["kind"],
        "number_not_understood": False,
        "is_self_evaluated": form.get("form_type") == "self_evaluation",
        "actual_raw": indicator.get("actual_raw"),
    }
    if target["kind"] == "numeric":
        value, unit = Decimal(str(target["value"])), target["unit"]
        scale = SCALES.get(unit[:1], Decimal(1))
        row |= {"operator": target["operator"], "target_value": value, "unit": unit}
        row |= {"base_value": value * scale, "base_unit": unit if scale == 1 else unit[1:]}
    if target["kind"] == "deadline":
        row["due_on"] = date.fromisoformat(target["end"])
        row["starts_on"] = date.fromisoformat(target["start"]) if target.get("start") else None
    if "text" in target:
        row["target_text"] = target["text"]
    return row


def write_lake(folder: Path, documents: Iterable[Document]) -> None:
    """Add `documents` to the lake in `folder`, one part each."""
    writer = lake.Writer(folder)
    for document in documents:
        rows = document.rows()
        frames = {table: pl.DataFrame(rows[table], schema=schema) for table, schema in LAKE.items()}
        writer.add(frames, frames["document"].select("document_id", "fiscal_year"))
    writer.commit()
