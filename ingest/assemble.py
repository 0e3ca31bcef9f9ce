"""What was read of each form → the lake's tables."""

import polars as pl

from ingest import accounts, ledger
from ingest.declarations import declarations, with_totals
from ingest.notices import notices
from ingest.reading import Reading, at
from ingest.schema import LAKE
from ingest.typed import indicators


def tables(read: Reading, documents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Bring a reading into the tables of LAKE but `document`; forms that are recognised but refused go to quarantine."""
    forms = declarations(read, documents)
    amounts, spent = accounts.amounts(read.funding, forms), accounts.execution(read.execution, forms)
    rows = read.rows.filter(pl.col("fate") == "indicator").join(
        forms.filter(pl.col("refusal").is_null()).select("form", "document_id", "form_no", "fiscal_year"),
        on="form",
        maintain_order="left",
    )
    typed, milestones = indicators(rows, read.lines)
    settled = ledger.settle(read, forms)
    frames = {
        "form": with_totals(forms, amounts, spent, typed, read.lines),
        "funding": at(amounts.filter(pl.col("funding_source").is_not_null()), read.lines),
        "execution": at(spent, read.lines),
        "indicator": typed,
        "milestone": milestones,
        "source_line": ledger.source_lines(settled, read.lines),
        "quarantine": ledger.quarantined(settled, read.lines),
        "notice": notices(read, forms, amounts, spent, typed),
    }
    refused = forms.filter(pl.col("refusal").is_not_null()).get_column("form")
    for name in ("form", "funding", "execution"):
        frames[name] = frames[name].filter(~pl.col("form").is_in(refused.implode()))
    return {name: frame.select(LAKE[name].names()).cast(LAKE[name]) for name, frame in frames.items()}
