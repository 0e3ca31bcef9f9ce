"""Forms of every family in every layout: each read right in every cell, or quarantined with its reason."""

from functools import cache

import polars as pl
import pytest

from ingest.ledger import DISPOSITIONS
from ingest.parse import parse
from tests.ingest.golden_forms import Golden, differences, documents, golden, names


@cache
def read(name: str) -> tuple[Golden, dict[str, pl.DataFrame]]:
    """Return a golden form and what is read of it: once for all tests."""
    one = golden(name)
    return one, one.read()


@pytest.mark.parametrize("name", names())
def test_a_form_reads_as_a_careful_officer_reads_it(name: str) -> None:
    wrong = differences(*read(name))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", names())
def test_every_line_has_one_disposition(name: str) -> None:
    one, tables = read(name)
    found = tables["source_line"]
    assert found.select("document_id", "table_no", "line_no", "raw_text").equals(
        one.lines.select("document_id", "table_no", "line_no", "raw_text")
    )
    assert set(found.get_column("disposition")) <= set(DISPOSITIONS)


def test_documents_of_one_batch_do_not_touch_each_other() -> None:
    goldens = [golden(name) for name in names()]
    tables = parse(pl.concat([one.lines for one in goldens]), documents(goldens))
    wrong = [f"{one.name}: {line}" for one in goldens for line in differences(one, tables)]
    assert not wrong, "\n".join(wrong)
