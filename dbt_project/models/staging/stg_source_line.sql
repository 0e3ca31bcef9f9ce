select
    document_id,
    cast(table_no as integer) as table_no,
    cast(line_no as integer) as line_no,
    place,
    raw_text,
    disposition,
    cast(form_no as integer) as form_no,
    correction_id,
    fiscal_year as lake_year
from {{ lake('source_line') }}
