select
    document_id,
    cast(form_no as integer) as form_no,
    cast(table_no as integer) as table_no,
    cast(line_no as integer) as line_no,
    scope,
    funding_source,
    label,
    amount_raw,
    amount_yuan,
    fiscal_year as lake_year
from {{ lake('funding') }}
