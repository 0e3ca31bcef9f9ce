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
    settled = ledger.settle(read, forms)
    frames = {
        "source_line": ledger.source_lines(settled, read.lines),
        "quarantine": ledger.quarantined(settled, read.lines),
    }
    amounts, spent = accounts.amounts(read.funding, forms), accounts.execution(read.execution, forms)
    rows, lines, remarks = _rows(read, forms), read.lines, read.remarks
    del read, settled  # the indicators' types need the memory
    typed, frames["milestone"] = indicators(rows, lines)
    del rows
    frames |= {
        "form": with_totals(forms, amounts, spent, typed, lines),
        "funding": at(amounts.filter(pl.col("funding_source").is_not_null()), lines),
        "execution": at(spent, lines),
        "indicator": typed,
        "notice": notices(remarks, lines, forms, amounts=amounts, spent=spent, indicators=typed),
    }
    refused = forms.filter(pl.col("refusal").is_not_null()).get_column("form")
    for name in ("form", "funding", "execution"):
        frames[name] = frames[name].filter(~pl.col("form").is_in(refused.implode()))
    return {name: frames[name].select(LAKE[name].names()).cast(LAKE[name]) for name in LAKE if name in frames}


def _rows(read: Reading, forms: pl.DataFrame) -> pl.DataFrame:
    """Return the indicators' rows of the forms that are not refused, and what they belong to."""
    kept = forms.filter(pl.col("refusal").is_null()).select("form", "document_id", "form_no", "fiscal_year")
    owners = read.rows.select("form", "fate").join(kept, on="form", how="left", maintain_order="left")
    mine = ((owners.get_column("fate") == "indicator") & owners.get_column("form_no").is_not_null()).fill_null(False)
    return read.rows.hstack(owners.drop("form", "fate")).filter(mine)
