"""What a reader has chosen to look at, from the address of the page to SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from orchestration.explorer import pinyin

NAMES = (
    "q", "year", "region", "department", "attribute", "form", "source", "category", "rule", "severity",
    "project", "department_id",
)  # fmt: skip

_OF_INDICATOR = "d.declaration_key in (select i.declaration_key from fct_indicator_target as i {})"
_CATEGORY = (
    "inner join dim_indicator_category as c on i.category_key = c.category_key where c.harmonised_level2 = $category"
)
_CONDITIONS = {
    "year": "d.fiscal_year = $year",
    "region": "starts_with(d.region_code, $region)",
    "attribute": "d.project_attribute = $attribute",
    "form": "d.form_type = $form",
    "project": "d.project_id = $project",
    "department_id": "d.department_id = $department_id",
    "source": "d.declaration_key in (select declaration_key from fct_project_funding"
    " where funding_source = $source and amount_yuan > 0)",
    "category": _OF_INDICATOR.format(_CATEGORY),
    "rule": "d.declaration_key in (select declaration_key from fct_quality_finding where rule_id = $rule)",
    "severity": "d.declaration_key in (select declaration_key from fct_quality_finding where severity = $severity)",
}
_NAMES = (("d.project_name", "d.unit_name", "d.department_name"), ("i.content",))
"""What names a declaration, and an indicator of it."""
_TEXTS = ((*_NAMES[0], "d.project_code", "d.annual_goal"), (*_NAMES[1], "i.value_raw"))
"""All that is searched for words."""


@dataclass(frozen=True)
class Query:
    """A condition in SQL and its parameters."""

    sql: str
    parameters: dict[str, Any]


class Filters:
    """The filters of one page; what is not known, or empty, filters nothing."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.values = {name: given[name].strip() for name in NAMES if given.get(name, "").strip()}
        if not re.fullmatch("[0-9]{4}", self.values.get("year", "0000")):
            del self.values["year"]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def year(self) -> int | None:
        """The fiscal year to look at, None for all."""
        return int(self["year"]) if self["year"] else None

    @property
    def words(self) -> list[str]:
        """The words that are searched for; all have to be found."""
        return self["q"].split()[:8]

    def address(self, **changed: Any) -> str:
        """Return the query string of these filters, some of them changed; None drops one."""
        values = {**self.values, **changed}
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})

    def chosen(self, but: frozenset[str] = frozenset()) -> Query:
        """Return the declarations that the filters leave, rows of fct_declaration with their rowid; `but` names filters to skip."""
        conditions = [_CONDITIONS[name] for name in self.values if name in _CONDITIONS and name not in but]
        parameters = {name: self._parameter(name) for name in self.values if name in _CONDITIONS and name not in but}
        if "department" in self.values and "department" not in but:
            conditions.append(_department(self["department"], parameters))
        if "q" not in but:
            for number, word in enumerate(self.words):
                name = f"word{number}"
                # Initials are looked for in names: in prose any two letters are found somewhere.
                names, contents = _NAMES if pinyin.pattern(word) else _TEXTS
                of_indicator = _OF_INDICATOR.format(f"where {found(name, word, contents, parameters)}")
                # Indicators first: a declaration that is found by them needs no look at its own texts.
                conditions.append(f"({of_indicator} or {found(name, word, names, parameters)})")
        where = f" where {' and '.join(conditions)}" if conditions else ""
        return Query(f"select d.rowid, d.* from fct_declaration as d{where}", parameters)

    def _parameter(self, name: str) -> Any:
        if name == "year":
            return int(self[name])
        if name == "region":
            # A province's or city's code stands for all places in it: 450000 for 45….
            return self[name].removesuffix("00").removesuffix("00")
        return self[name]


def _department(name: str, parameters: dict[str, Any]) -> str:
    """Return the condition for a department: of exactly this name where there is one, else of a name that holds it."""
    parameters["named"] = name
    is_one = "exists (select 1 from fct_declaration where department_name = $named)"
    alike = found("department", name, ("d.department_name",), parameters)
    return f"(d.department_name = $named or {alike} and not {is_one})"


def found(name: str, word: str, columns: tuple[str, ...], parameters: dict[str, Any]) -> str:
    """Return the condition that one of `columns` holds `word` (or reads so in pinyin); adds the parameter `name`."""
    letters = pinyin.pattern(word)
    parameters[name] = letters or word
    matches = "regexp_matches({}, ${})" if letters else "contains({}, ${})"
    return "(" + " or ".join(matches.format(column, name) for column in columns) + ")"
