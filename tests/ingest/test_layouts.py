"""A known form, laid out in random ways, comes back whole; what nobody can tell apart is quarantined, never misread.

A few hundred layouts in CI; thousands with `JIXIAO_LAYOUTS=5000 uv run pytest tests/ingest/test_layouts.py`.
"""

import os
import random
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ingest.parse import parse
from tests.ingest.golden_forms import Golden, differences, documents, targets
from tests.ingest.layouts import Layout, lay_out

BATCH = 20
"""Layouts in one batch: documents that are parsed together must not touch each other either."""
LAYOUTS = int(os.environ.get("JIXIAO_LAYOUTS", "120"))
QUICK = settings(
    max_examples=max(1, LAYOUTS // BATCH),
    deadline=None,
    derandomize="JIXIAO_LAYOUTS" not in os.environ,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure names its layout; shrinking batches takes long
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def layouts(families: str, dialects: tuple[str, ...]) -> st.SearchStrategy[Layout]:
    """Return layouts of these families and dialects; every wildness that shrinks away."""
    yes = st.booleans()
    drawn = st.builds(
        Layout,
        seed=st.integers(0, 2**31),
        family=st.sampled_from(families),
        dialect=st.sampled_from(dialects),
        shifts=yes,
        repeats=yes,
        noise=yes,
        breaks=yes,
        blanks=yes,
        untitled=yes,
        encoding=st.sampled_from(ENCODINGS),
        crlf=yes,
        forms=st.integers(1, 3),
        header=st.sampled_from(("plain", "plain", "split", "numbered", "weighed", "nameless")),
    )
    return drawn.map(_possible)


def _possible(layout: Layout) -> Layout:
    """Leave out what the family or the dialect does not know."""
    shifts = layout.shifts and layout.family != "E" and layout.dialect in ("tab", "pipe", "rows")
    whole = {"cell": ("plain",), "marked": ("plain",), "dropped": ("plain", "split")}.get(layout.dialect)
    header = layout.header if layout.family != "E" and layout.header in (whole or (layout.header,)) else "plain"
    # Where there are more columns, a row that is moved could be read in two ways.
    moved = shifts and header in ("plain", "split")
    return replace(layout, shifts=moved, header=header, untitled=layout.untitled and layout.family != "E")


def read_together(drawn: list[Layout]) -> tuple[list[Golden], dict[str, pl.DataFrame]]:
    made = [lay_out(layout, f"document {number}") for number, layout in enumerate(drawn)]
    return made, parse(pl.concat([one.lines for one in made]), documents(made))


@QUICK
@given(st.lists(layouts("ACIE", ("tab", "dropped", "pipe", "rows")), min_size=BATCH, max_size=BATCH))
def test_tables_come_back_whole(drawn: list[Layout]) -> None:
    made, tables = read_together(drawn)
    for layout, one in zip(drawn, made, strict=True):
        wrong = differences(one, tables)
        assert not wrong, "\n".join([str(layout), *wrong[:10], *one.lines.get_column("raw_text").to_list()[:80]])


@QUICK
@given(st.lists(layouts("ACI", ("cell", "marked")), min_size=BATCH, max_size=BATCH))
def test_texts_of_one_cell_a_line_come_back_whole(drawn: list[Layout]) -> None:
    made, tables = read_together(drawn)
    for layout, one in zip(drawn, made, strict=True):
        wrong = differences(one, tables)
        assert not wrong, "\n".join([str(layout), *wrong[:10], *one.lines.get_column("raw_text").to_list()[:80]])


@QUICK
@given(
    st.lists(layouts("ACIE", ("tab", "dropped", "pipe", "rows", "cell", "marked")), min_size=BATCH, max_size=BATCH),
    st.randoms(),
)
def test_torn_lines_stay_in_the_ledger(drawn: list[Layout], chance: random.Random) -> None:
    """Lines are lost, cut and glued: nothing fails, and each line stands in the ledger."""
    made = [lay_out(layout, f"document {number}") for number, layout in enumerate(drawn)]
    torn = [_torn(one, chance) for one in made]
    tables = parse(pl.concat([one.lines for one in torn]), documents(torn))
    lines = pl.concat([one.lines for one in torn])
    assert (
        tables["source_line"]
        .select("document_id", "line_no", "raw_text")
        .equals(lines.select("document_id", "line_no", "raw_text"))
    )
    assert tables["source_line"].get_column("disposition").null_count() == 0
    assert tables["quarantine"].get_column("hint_zh").null_count() == 0


@QUICK
@given(st.lists(layouts("ACIE", ("tab", "dropped", "pipe", "rows")), min_size=BATCH, max_size=BATCH), st.randoms())
def test_where_lines_are_missing_nothing_is_made_up(drawn: list[Layout], chance: random.Random) -> None:
    """Each indicator that is read stands in the form, its target and its content in one row."""
    made = [lay_out(layout, f"document {number}") for number, layout in enumerate(drawn)]
    left = [
        replace(one, lines=one.lines.filter(pl.Series([chance.random() > 0.1 for _ in range(one.lines.height)])))
        for one in made
    ]
    left = [one for one in left if one.lines.height]
    assume(left)
    read = parse(pl.concat([one.lines for one in left]), documents(left))["indicator"]
    for one in left:
        mine = read.filter(pl.col("document_id") == one.name).select("content", "value_raw")
        assert set(mine.iter_rows()) <= {pair for form in one.expected["forms"] for pair in targets(form)}


def _torn(one: Golden, chance: random.Random) -> Golden:
    def tear(text: str) -> str:
        match chance.randint(0, 30):
            case 0:
                return ""
            case 1:
                return text[: chance.randint(0, len(text))]
            case 2:
                return text.replace("\t", "", 1)
            case _:
                return text

    raw = [tear(text) for text in one.lines.get_column("raw_text")]
    return Golden(one.name, one.lines.with_columns(raw_text=pl.Series(raw, dtype=pl.String)), one.expected)


@pytest.mark.parametrize("family", "ACIE")
def test_the_plain_form_is_read(family: str) -> None:
    """So that the properties above cannot hold for want of forms."""
    one = lay_out(Layout(seed=1, family=family), "plain")
    wrong: list[Any] = differences(one, one.read())
    assert not wrong
    assert one.expected["forms"]
