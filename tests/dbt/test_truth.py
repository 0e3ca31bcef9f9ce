"""Five years of two cities, invented from the sample by drawn changes that are written down: the tables say just them."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.checksums import checksums
from tests.dbt.conftest import Warehouse
from tests.dbt.lake_fixture import Document, Form, golden, of_year

Build = Callable[..., Warehouse]
YEARS = range(2019, 2024)
CITIES = ("450200", "450100")
CHANGES = ("renamed", "moved", "retyped", "loosened", "tightened", "vanished", "doubled", "recoded", "", "")


@dataclass(frozen=True)
class State:
    """What a project declares in a year."""

    code: str
    name: str
    department: tuple[str, str]
    attribute: str
    target: int


@dataclass
class Truth:
    """What was declared, by city and year, and what was changed on the way."""

    declared: dict[tuple[str, int], list[State]] = field(default_factory=dict)
    directions: set[tuple[str, int, str]] = field(default_factory=set)
    """Project code, year, loosened or tightened."""
    doubled: set[tuple[str, int]] = field(default_factory=set)
    recoded: set[tuple[str, str, int]] = field(default_factory=set)

    def histories(self) -> dict[str, dict[int, State]]:
        """Return the states of each project code by year."""
        found: dict[str, dict[int, State]] = {}
        for (_, year), states in self.declared.items():
            for state in states:
                found.setdefault(state.code, {})[year] = state
        return found


def invented() -> tuple[Truth, list[Document]]:
    """Draw the changes, and write the documents that declare them."""
    chance, truth, documents = random.Random(7), Truth(), []
    for city in CITIES:
        originals = [form for form in golden() if _floor(form)][:12]
        states = [_state(form, city) for form in originals]
        for year in YEARS:
            forms: list[Form] = []
            for place, original in enumerate(originals):
                change = "" if year == YEARS[0] else chance.choice(CHANGES)
                if change == "vanished":
                    continue
                before, states[place] = states[place], _changed(states[place], change, year)
                truth.declared.setdefault((city, year), []).append(states[place])
                if change in {"loosened", "tightened"}:
                    truth.directions.add((states[place].code, year, change))
                if change == "recoded":
                    truth.recoded.add((before.code, states[place].code, year))
                if change == "doubled":
                    truth.doubled.add((states[place].code, year))
                forms += [_form(original, states[place], year)] * (2 if change == "doubled" else 1)
            documents.append(Document(f"{year}/{city}.txt", forms, region_code=city))
    return truth, documents


def _floor(form: Form) -> dict[str, Any] | None:
    """Return the indicator whose target is changed: the first floor with a name of its own."""
    names = Counter(indicator["content"] for indicator in form["indicators"])
    floors = (i for i in form["indicators"] if i["target"].get("operator") == ">=" and i["target"]["value"] >= 80)
    return next((indicator for indicator in floors if names[indicator["content"]] == 1), None)


def _state(form: Form, city: str) -> State:
    department = (form["supervising_department_code"], form["supervising_department"])
    floor = _floor(form)
    assert floor
    code = city + form["project_code"][6:]
    return State(code, form["project_name"], department, form["project_attribute"], floor["target"]["value"])


def _changed(state: State, change: str, year: int) -> State:
    match change:
        case "renamed":
            return replace(state, name=f"{state.name}（{year}年续）")
        case "moved":
            return replace(state, department=(f"9{year % 100}", f"{year}年新设局"))
        case "retyped":
            return replace(state, attribute="一次性项目" if state.attribute != "一次性项目" else "经常性项目")
        case "loosened" | "tightened":
            return replace(state, target=state.target + (1 if change == "tightened" else -1))
        case "recoded":
            return replace(state, code=f"{state.code[:-4]}{year}")
    return state


def _form(original: Form, state: State, year: int) -> Form:
    [form] = of_year([original], year)
    code, name = state.department
    form |= {"project_code": state.code, "project_name": state.name, "project_attribute": state.attribute}
    form |= {"supervising_department_code": code, "supervising_department": name}
    floor = _floor(form)
    assert floor
    floor["target"]["value"] = state.target
    floor["value_raw"] = f"≥{state.target}{floor['target']['unit']}"
    return form


def _spans(history: dict[int, State], said: Callable[[State], Any]) -> Iterator[tuple[Any, int, int | None]]:
    """Yield each run of years in which a project said the same: what, from, to."""
    runs = [(what, [year for year, _ in run]) for what, run in groupby(sorted(history.items()), lambda at: said(at[1]))]
    for place, (what, years) in enumerate(runs):
        yield what, years[0], runs[place + 1][1][0] - 1 if place + 1 < len(runs) else None


@pytest.fixture(scope="module")
def truth() -> Truth:
    return invented()[0]


@pytest.fixture(scope="module")
def loaded(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(tmp_path_factory.mktemp("truth"), invented()[1])


def test_every_change_was_drawn(truth: Truth) -> None:
    assert {direction for *_, direction in truth.directions} == {"loosened", "tightened"}
    assert len(truth.doubled) > 2
    assert len(truth.recoded) > 2


def test_projects_keep_their_versions(loaded: Warehouse, truth: Truth) -> None:
    found = loaded.rows(
        "select project_code, project_name, department_code, department_name, project_attribute, valid_from_year,"
        " valid_to_year, is_current from dim_project"
    )
    wanted = [
        (code, name, *department, attribute, first, last, last is None)
        for code, history in truth.histories().items()
        for (name, department, attribute), first, last in _spans(history, lambda s: (s.name, s.department, s.attribute))
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_departments_are_there_for_the_years_they_are_named(loaded: Warehouse, truth: Truth) -> None:
    named: dict[tuple[str, str, str], set[int]] = {}
    for (city, year), states in truth.declared.items():
        for state in states:
            named.setdefault((city, *state.department), set()).add(year)
    found = loaded.rows(
        "select region_code, department_code, department_name, valid_from_year, last_declared_year from dim_department"
    )
    assert sorted(found) == sorted((*key, min(years), max(years)) for key, years in named.items())


def test_targets_change_where_they_were_changed(loaded: Warehouse, truth: Truth) -> None:
    found = loaded.rows(
        "select project_code, fiscal_year, target_change from fct_indicator_change"
        " where target_change in ('loosened', 'tightened', 'changed')"
    )
    # A project under a new code has nothing to be compared with until somebody links it.
    assert set(found) == truth.directions
    assert len(found) == len(truth.directions)


def test_projects_come_go_and_return(loaded: Warehouse, truth: Truth) -> None:
    wanted = set()
    for code, history in truth.histories().items():
        for year in YEARS:
            earlier = [other for other in history if other < year]
            if year not in history:
                if year - 1 in history:
                    wanted.add((code, year, "gone"))
            elif year == YEARS[0]:
                wanted.add((code, year, "first_year"))
            elif not earlier:
                wanted.add((code, year, "new"))
            else:
                wanted.add((code, year, "continued" if max(earlier) == year - 1 else "returned"))
    assert set(loaded.rows("select project_code, fiscal_year, presence from fct_project_change")) == wanted


def test_renames_and_moves_are_told_of_their_year(loaded: Warehouse, truth: Truth) -> None:
    wanted = set()
    for code, history in truth.histories().items():
        states = sorted(history.items())
        for (_, before), (year, now) in pairwise(states):
            told = (now.name != before.name, now.department != before.department, now.attribute != before.attribute)
            wanted.add((code, year, *told))
    found = loaded.rows(
        "select project_code, fiscal_year, is_renamed, is_moved, is_attribute_changed from fct_project_change"
        " where declaration_key is not null and previous_declaration_key is not null"
    )
    assert set(found) == wanted


def test_what_is_printed_twice_counts_once(loaded: Warehouse, truth: Truth) -> None:
    found = loaded.rows(
        "select project_code, fiscal_year from fct_declaration_version group by all having count(*) = 2"
    )
    assert set(found) == truth.doubled
    declared = sum(len(states) for states in truth.declared.values())
    assert loaded.rows("select count(*) from fct_declaration") == [(declared,)]


def test_new_codes_are_proposed(loaded: Warehouse, truth: Truth) -> None:
    histories = truth.histories()
    wanted = {(old, new) for old, new, year in truth.recoded if year - 1 in histories[old]}
    found = loaded.rows(
        "select project_code, candidate_project_code from project_link_candidate where name_similarity = 1"
    )
    assert set(found) == wanted


def test_the_order_of_loading_makes_no_difference(built: Build, loaded: Warehouse, tmp_path: Path) -> None:
    documents = invented()[1]
    random.Random(3).shuffle(documents)
    for start in (0, 3, 9):
        warehouse = built(tmp_path, documents[start : {0: 3, 3: 9}.get(start)])
    assert checksums(warehouse.database) == checksums(loaded.database)
