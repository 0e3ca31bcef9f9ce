"""What Word shows in a document and keeps elsewhere: the headers of its pages, and the numbers of its paragraphs."""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from ingest.readers.xml import part, root

WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""The two namespaces of Word's elements: as it writes, and as the strict standard has it."""


def tags(*names: str) -> tuple[str, ...]:
    """Return the tags of elements by their names; to look for these is many times faster than for {*}name."""
    return tuple(f"{{{namespace}}}{name}" for namespace in WORD for name in names)


_HAS_WORDS: Final = re.compile(r"[^\W\d_]")
_DIGITS: Final = "〇一二三四五六七八九"
_CHINESE: Final = ("chinese", "japaneseCounting", "ideographDigital", "taiwaneseCounting")
"""Beginnings of the names of number formats that count in Chinese characters."""


def put_headers(archive: zipfile.ZipFile, main: str, document: etree._Element) -> set[etree._Element]:
    """Put what stands in the headers of pages before the section whose pages have it; what is said again, only once.

    Returns:
        The paragraphs put in.
    """
    sections = [section for section in document.iter(*tags("sectPr")) if section.find("{*}headerReference") is not None]
    targets = _targets(archive, main) if sections else {}
    said: list[str] = []
    put: set[etree._Element] = set()
    for section in sections:
        paragraphs = [
            paragraph
            for reference in section.iterfind("{*}headerReference")
            if (name := targets.get(_id(reference))) in archive.namelist()
            for paragraph in root(part(archive, name or "")).iter(*tags("p"))
        ]
        shown = {text: paragraph for paragraph in paragraphs if _HAS_WORDS.search(text := _text(paragraph))}
        first = _first_block(section)
        if [*shown] != said and first is not None:
            for paragraph in shown.values():
                first.addprevious(paragraph)
            put.update(shown.values())
        said = [*shown]
    return put


def _first_block(section: etree._Element) -> etree._Element | None:
    """Return the first block of a section: behind the block that ends the section before, else the body's first."""
    block = section
    while (parent := block.getparent()) is not None and etree.QName(parent).localname != "body":
        block = parent
    before = [other for other in block.itersiblings(preceding=True) if other.find("{*}pPr/{*}sectPr") is not None]
    return before[0].getnext() if before else (parent[0] if parent is not None else None)


def _targets(archive: zipfile.ZipFile, main: str) -> dict[str, str]:
    """Return which part of the package each relation of the document's leads to."""
    folder, name = posixpath.split(main)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return {}
    found = {str(one.get("Id")): str(one.get("Target", "")) for one in root(part(archive, relations))}
    return {key: posixpath.normpath(posixpath.join("/" + folder, target))[1:] for key, target in found.items()}


def _id(reference: etree._Element) -> str:
    return next((str(value) for key, value in reference.attrib.items() if str(key).endswith("}id")), "")


def _text(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(*tags("t")))


@dataclass
class Numbers:
    """The numbering of a document's paragraphs: formats by list and level, and how far each list has counted."""

    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)

    def next(self, number: str, level: int) -> str:
        """Return what stands before the next paragraph of a list ("1.", "（一）"); "" for bullets and unknown lists."""
        if (number, level) not in self.levels:
            return ""
        counted = self.counted.setdefault(number, {})
        counted[level] = counted.get(level, self.levels[number, level][2] - 1) + 1
        for deeper in [other for other in counted if other > level]:
            del counted[deeper]
        kind, text, _ = self.levels[number, level]
        if kind in {"bullet", "none"}:
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            kind, _, start = self.levels.get((number, at), ("decimal", "", 1))
            return _numeral(counted.get(at, start), kind)

        return re.sub(r"%([1-9])", shown, text)


def put_numbers(archive: zipfile.ZipFile, main: str, document: etree._Element) -> None:
    """Write the numbers that Word counts itself before the paragraphs that have them, by their own settings or style."""
    name, styles = (posixpath.join(posixpath.split(main)[0], file) for file in ("numbering.xml", "styles.xml"))
    if name not in archive.namelist() or next(document.iter(*tags("numPr", "pStyle")), None) is None:
        return
    styled = _numbered_styles(root(part(archive, styles))) if styles in archive.namelist() else {}
    numbers = Numbers(_levels(root(part(archive, name))))
    for settings in [*document.iter(*tags("pPr"))]:
        own = settings.find("{*}numPr")
        paragraph, numbered = settings.getparent(), _number(own) if own is not None else None
        numbered = numbered or styled.get(_value(settings, "pStyle"))
        words = next(paragraph.iter(*tags("t")), None) if paragraph is not None and numbered else None
        if words is not None and numbered:  # a number without words says nothing
            words.text = numbers.next(*numbered) + (words.text or "")


def _numbered_styles(styles: etree._Element) -> dict[str, tuple[str, int]]:
    """Return list and level of the styles whose paragraphs are numbered."""
    found = {_attribute(one, "styleId"): one.find("{*}pPr/{*}numPr") for one in styles.iterfind("{*}style")}
    return {name: _number(settings) for name, settings in found.items() if settings is not None}


def _number(settings: etree._Element) -> tuple[str, int]:
    level = _value(settings, "ilvl")
    return _value(settings, "numId"), int(level) if level.isdecimal() else 0


def _levels(numbering: etree._Element) -> dict[tuple[str, int], tuple[str, str, int]]:
    """Return format, text and first number of each list's levels."""
    lists = {_attribute(one, "abstractNumId"): one for one in numbering.iterfind("{*}abstractNum")}
    found = {}
    for one in numbering.iterfind("{*}num"):
        abstract = lists.get(_value(one, "abstractNumId"))
        for level in abstract.iterfind("{*}lvl") if abstract is not None else ():
            start = _value(level, "start")
            key = _attribute(one, "numId"), int(_attribute(level, "ilvl") or 0)
            found[key] = (_value(level, "numFmt"), _value(level, "lvlText"), int(start) if start.isdecimal() else 1)
    return found


def _value(parent: etree._Element, name: str) -> str:
    child = parent.find(f"{{*}}{name}")
    return _attribute(child, "val") if child is not None else ""


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _numeral(number: int, kind: str) -> str:
    if kind.startswith(_CHINESE) and 0 < number < 100:
        tens, ones = divmod(number, 10)
        before = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
        return before + (_DIGITS[ones] if ones or not tens else "")
    if kind.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if kind in {"lowerLetter", "upperLetter"} and 0 < number <= 26:
        return chr((97 if kind == "lowerLetter" else 65) + number - 1)
    return str(number)
