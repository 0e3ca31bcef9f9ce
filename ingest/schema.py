"""The shapes of the frames: what readers return, and the lake's tables.

Everything downstream (dbt sources, the gates, the ledger) relies on these names and types. A frame that leaves a
public function of this package has exactly one of these schemas, in this column order.
"""

from typing import Final

import polars as pl

MONEY: Final = pl.Decimal(18, 2)
"""Yuan."""
NUMBER: Final = pl.Decimal(24, 6)
"""A printed number, or one in base units."""

LINES: Final = pl.Schema(
    {
        "document_id": pl.String,  # sha256 of the document's bytes, hex
        "line_no": pl.UInt32,  # from 1: the source's line; xlsx: the sheet's row; html, docx, pdf: the row of the table
        "table_no": pl.UInt32,  # running number of the sheet or table in the document, from 1; 0 for text
        "place": pl.String,  # "" for text; "sheet 'X' row 7", "page 3 table 1 row 12", "table 2 row 4" elsewhere
        "dialect": pl.String,  # how cells stand in raw_text: tab, pipe, space, cell (the whole line is one cell)
        "raw_text": pl.String,  # the line as it stands; where the source has real cells, these joined by tabs
    }
)
"""What every reader returns: every line (row) of a document, blank ones too. The ledger's base.

Rows of real tables (xlsx, docx, html, pdf): a cell's inner tabs become a space, its inner line breaks stay "\\n"; blank
cells count (two tabs in a row); a merged cell has its text in its first row and column only, blanks elsewhere.
Rows come in the document's reading order; (table_no, line_no) is unique in a document, line_no alone only in text.
Paragraphs between tables (titles stand there) are lines of table_no 0, numbered on their own.
"""

CELLS: Final = pl.Schema(
    {
        "line": pl.UInt32,  # row index into the LINES frame it was split from
        "column_no": pl.UInt16,  # from 0: the cell's place in its line; blank cells have no row but count
        "text": pl.String,  # as printed, outer white space removed, never empty
    }
)
"""All that the parser sees of a line: `ingest.cells.split(lines)`."""

_FORM: Final = {"document_id": pl.String, "form_no": pl.UInt32}  # form_no: 1.. in the document's order

LAKE: Final[dict[str, pl.Schema]] = {
    # One row a loaded document, also one that could not be read (status "quarantined").
    "document": pl.Schema(
        {
            "document_id": pl.String,  # sha256 of the bytes, hex
            "file_name": pl.String,  # path under the landing folder; "outer.zip!inner/name.docx" inside an archive
            "other_names": pl.List(pl.String),  # the same bytes under further names
            "format": pl.String,  # txt md html xlsx xls docx doc pdf
            "encoding": pl.String,  # of text formats, NULL for others
            "byte_size": pl.Int64,
            "fiscal_year": pl.Int32,  # the lake's partition: the folder's year, or the file name's, or the document's own
            "fiscal_year_from": pl.String,  # folder, file_name, document
            "folder_region": pl.String,  # a region named by a folder or the file name (GB/T 2260 code), NULL where none is
            "published_on": pl.Date,  # printed 发布时间, or a date in the file name; NULL where neither is
            "modified_at": pl.Datetime("us", "UTC"),  # the landed file's mtime
            "status": pl.String,  # read, quarantined
            "line_count": pl.UInt32,
            "form_count": pl.UInt32,
            "code_version": pl.String,  # fingerprint of the reading code and profiles
        }
    ),
    # One row a printed form (or a project of a list table).
    "form": pl.Schema(
        {
            **_FORM,
            "table_no": pl.UInt32,
            "line_start": pl.UInt32,
            "line_end": pl.UInt32,
            "family": pl.String,  # the profile that recognised it: a file name in ingest/profiles
            "form_type": pl.String,  # declaration, self_evaluation, whole_department, regional
            "title": pl.String,
            "fiscal_year": pl.Int32,
            "fiscal_year_from": pl.String,  # title, header, folder, file_name, document
            "region_code": pl.String,  # GB/T 2260, six digits; NULL where nothing says it
            "region_from": pl.String,  # code, title, office (of a transfer), department, unit, folder
            "project_name": pl.String,
            "project_code": pl.String,  # as printed; NULL where none is
            "library_year": pl.Int32,  # year of entry into the project library, from the code
            "code_department": pl.String,  # department part of the code, where the profile says where it stands
            "unit_code": pl.String,
            "unit_name": pl.String,
            "department_code": pl.String,
            "department_name": pl.String,
            "project_attribute_raw": pl.String,
            "project_attribute": pl.String,  # without a number prefix
            "project_category": pl.String,
            "starts_on": pl.Date,  # printed period of the project
            "ends_on": pl.Date,
            "money_unit": pl.String,  # yuan, qian_, wan_, baiwan_, yi_yuan; NULL: nothing says it (money is not guessed)
            "total_raw": pl.String,
            "total_yuan": MONEY,  # the annual total
            "total_line": pl.UInt32,
            "whole_project_total_raw": pl.String,
            "whole_project_total_yuan": MONEY,
            "annual_goal": pl.String,
            "annual_goal_line": pl.UInt32,
            "whole_project_goal": pl.String,
            "goal_result": pl.String,  # self-evaluation: what became of the goal
            "indicator_count": pl.UInt32,
        }
    ),
    # One row a printed funding source of a declaration (also with a blank cell: amounts NULL).
    "funding": pl.Schema(
        {
            **_FORM,
            "table_no": pl.UInt32,
            "line_no": pl.UInt32,
            "scope": pl.String,  # annual, whole_project
            "funding_source": pl.String,  # as in dim_funding_source
            "label": pl.String,  # the printed label
            "amount_raw": pl.String,
            "amount_yuan": MONEY,
        }
    ),
    # One row a funding line of a self-evaluation.
    "execution": pl.Schema(
        {
            **_FORM,
            "table_no": pl.UInt32,
            "line_no": pl.UInt32,
            "funding_line": pl.String,  # total, or a funding source
            "label": pl.String,
            "initial_budget_yuan": MONEY,
            "adjusted_budget_yuan": MONEY,
            "executed_yuan": MONEY,
            "execution_rate": NUMBER,  # percent: 95.5 for 95.5%
            "weight": NUMBER,
            "score": NUMBER,
            "reason": pl.String,
        }
    ),
    # One row a printed indicator, with its typed target and, in a self-evaluation, its result.
    "indicator": pl.Schema(
        {
            **_FORM,
            "indicator_no": pl.UInt32,  # 1.. in the form's order
            "table_no": pl.UInt32,
            "line_no": pl.UInt32,
            "scope": pl.String,  # annual, whole_project
            "level1": pl.String,  # the label that holds for the row: printed on it or above it
            "level2": pl.String,
            "content": pl.String,
            "value_raw": pl.String,  # the target as printed; operator, number and unit columns joined where they are apart
            "target_kind": pl.String,  # numeric, deadline, milestones, frequency, qualitative; NULL for a blank cell
            "operator": pl.String,  # >= > <= < = ~
            "target_value": NUMBER,
            "target_value_max": NUMBER,  # upper end of a range
            "unit": pl.String,
            "base_value": NUMBER,
            "base_value_max": NUMBER,
            "base_unit": pl.String,
            "starts_on": pl.Date,
            "due_on": pl.Date,
            "target_text": pl.String,  # what is kept of a value that is words
            "number_not_understood": pl.Boolean,  # qualitative, yet a number is in it
            "weight": NUMBER,
            "direction": pl.String,  # 指标方向性 as printed
            "remark": pl.String,
            "is_self_evaluated": pl.Boolean,  # the form has a column for actual values, or for scores
            "actual_raw": pl.String,
            "actual_value": NUMBER,
            "actual_unit": pl.String,
            "score": NUMBER,
            "deviation_reason": pl.String,
        }
    ),
    # One row a dated step of a target of kind milestones.
    "milestone": pl.Schema(
        {
            **_FORM,
            "indicator_no": pl.UInt32,
            "step_no": pl.UInt32,
            "due_on": pl.Date,
            "operator": pl.String,
            "target_value": NUMBER,
            "unit": pl.String,
        }
    ),
    # One row a line of a document, blank ones too.
    "source_line": pl.Schema(
        {
            "document_id": pl.String,
            "table_no": pl.UInt32,
            "line_no": pl.UInt32,
            "place": pl.String,
            "raw_text": pl.String,
            "disposition": pl.String,  # one of ingest.ledger.DISPOSITIONS
            "form_no": pl.UInt32,  # the form it belongs to, NULL outside forms
            "correction_id": pl.String,  # the reviewed correction that changed this line, if one did
        }
    ),
    # One row a line, a run of lines or a document that could not be read.
    "quarantine": pl.Schema(
        {
            "document_id": pl.String,
            "form_no": pl.UInt32,
            "table_no": pl.UInt32,
            "line_start": pl.UInt32,  # 0: the whole document
            "line_end": pl.UInt32,
            "raw_text": pl.String,  # up to 2,000 characters
            "reason": pl.String,  # a code of ingest/messages.yml
            "hint": pl.String,  # what to do, English
            "hint_zh": pl.String,
        }
    ),
    # One row a thing that the reading noticed and that is no failure: it becomes a finding.
    "notice": pl.Schema(
        {
            **_FORM,
            "table_no": pl.UInt32,
            "line_no": pl.UInt32,
            "indicator_no": pl.UInt32,
            "code": pl.String,  # e.g. year_contradiction, total_not_a_number, number_not_understood
            "evidence": pl.String,  # the cells that make it up
        }
    ),
}
"""The lake's tables. Files: lake/<table>/fiscal_year=<year>/<part>.parquet; every table holds document_id.

A part's name is the fingerprint of the documents in it; which parts are valid says lake/index.json.
"""


def empty(table: str) -> pl.DataFrame:
    """Return the lake table `table` with no rows, in its exact schema."""
    return pl.DataFrame(schema=LAKE[table])
