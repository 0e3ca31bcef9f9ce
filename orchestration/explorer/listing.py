"""The explorer's lists, which stand in lists.yml: from filters, order and page to the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.book import Ask, Book, Row
from orchestration.explorer import pinyin
from orchestration.explorer.filters import Filters, Query, found

PAGE = 50
_SEARCHED = ("q", "initials")
"""What `narrow` says of the search: columns for words, and for initials of pinyin where those are fewer."""


@dataclass(frozen=True)
class Column:
    """A column as it is shown and downloaded."""

    en: str
    zh: str
    kind: str = "text"
    link: str = ""
    shown: str = ""
    """The language in which it is on the screen; empty: in both. Downloads hold it always."""
    wide: bool = False
    """Whether it needs a wide screen; a phone's leaves it out."""


@dataclass(frozen=True)
class Listing:
    """One kind of list."""

    name: str
    en: str
    zh: str
    sql: str
    order: str
    columns: Mapping[str, Column]
    groups: bool
    """Whether a row stands for many declarations."""
    narrow: Mapping[str, list[str]]
    adds: list[str]
    """Columns that `sql` adds to a declaration where a row is one, which need not be known to count or to order by others."""

    def chosen(self, filters: Filters) -> Query:
        """Return the declarations whose rows are listed."""
        return filters.chosen(but=frozenset(self.narrow))

    def query(self, filters: Filters, chosen: Query) -> Query:
        """Return the rows of the declarations `chosen` that the list's own filters leave, without an order."""
        parameters = dict(chosen.parameters)
        conditions = [
            f"{columns[0]} = ${name}"
            for name, columns in self.narrow.items()
            if name not in _SEARCHED and name in filters.values
        ]
        parameters |= {name: filters[name] for name in self.narrow if name not in _SEARCHED and name in filters.values}
        if "q" in self.narrow:
            conditions += [
                found(f"word{number}", word, self._searched(word), parameters)
                for number, word in enumerate(filters.words)
            ]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        return Query(f"with chosen as ({chosen.sql}) select * from ({self.sql}) as listed{where}", parameters)

    def _searched(self, word: str) -> tuple[str, ...]:
        """Return the columns in which `word` is looked for; as in filters.py, initials only in what names a row."""
        return tuple(self.narrow["initials" if pinyin.pattern(word) and "initials" in self.narrow else "q"])

    def ordered(self, sort: str) -> str:
        """Return the ORDER BY for `sort`: a column, downwards with a minus before it; else the list's own order."""
        column = sort.removeprefix("-")
        if column not in self.columns:
            return self.order
        return f"{column} {'desc' if sort.startswith('-') else 'asc'} nulls last, {self.order}"


@dataclass(frozen=True)
class Page:
    """The rows of one page of a list, and how many there are in all."""

    rows: list[Row]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page, from 1."""
        return max(1, -(-self.total // PAGE))


@cache
def listings() -> dict[str, Listing]:
    """Return the lists by name."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("lists.yml").read_text("utf-8"))
    return {name: _listing(name, entry) for name, entry in entries.items()}


def _listing(name: str, entry: dict[str, Any]) -> Listing:
    columns = {column: Column(**described) for column, described in entry["columns"].items()}
    return Listing(
        name,
        entry["en"],
        entry["zh"],
        entry["sql"],
        entry["order"],
        columns=columns,
        groups=entry.get("groups", False),
        narrow=entry.get("narrow", {}),
        adds=entry.get("adds", []),
    )


def page(book: Book, listing: Listing, filters: Filters, sort: str, number: int) -> Page:
    """Return one page of a list."""
    chosen = listing.chosen(filters)
    query = listing.query(filters, Query("select * from picked", {}))
    order = listing.ordered(sort)
    with book.picked(chosen.sql, chosen.parameters) as ask:
        if listing.groups or (filters.words and "q" in listing.narrow):
            query = _found(ask, listing, query)
        counted = "select * from picked" if listing.adds else query.sql
        total = ask(f"select count(*) as n from ({counted})", query.parameters)[0]["n"]
        number = min(max(number, 1), max(1, -(-total // PAGE)))
        ordered = f"order by {order} limit {PAGE} offset {(number - 1) * PAGE}"
        if not listing.groups and sort.removeprefix("-") not in listing.adds:
            query, ordered = _only(ask, listing, query, ordered), f"order by {order}"
        return Page(ask(f"{query.sql} {ordered}", query.parameters), total, number)


def _found(ask: Ask, listing: Listing, query: Query) -> Query:
    """Do what is much work once, not for the count and for the page."""
    columns = "*" if listing.groups else "place"
    ask(f"create table found as select {columns} from ({query.sql})", query.parameters)
    return Query("select * from found", {}) if listing.groups else _placed(listing, "found")


def _only(ask: Ask, listing: Listing, query: Query, ordered: str) -> Query:
    """Return the rows of one page: what orders them is read of all rows, all else of these."""
    if listing.adds:
        return listing.query(Filters({}), Query(f"select * from picked {ordered}", {}))
    ask(f"create table paged as select place from ({query.sql}) {ordered}", query.parameters)
    return _placed(listing, "paged")


def _placed(listing: Listing, places: str) -> Query:
    chosen = "with chosen as (select * from picked)"
    return Query(f"{chosen} select * from ({listing.sql}) semi join {places} using (place)", {})
