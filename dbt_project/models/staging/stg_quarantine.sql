select
    document_id,
    cast(form_no as integer) as form_no,
    cast(table_no as integer) as table_no,
    cast(line_start as integer) as line_start,
    cast(line_end as integer) as line_end,
    raw_text,
    reason,
    hint,
    hint_zh,
    fiscal_year as lake_year
from {{ lake('quarantine') }}
