select
    document_id,
    cast(form_no as integer) as form_no,
    cast(table_no as integer) as table_no,
    cast(line_no as integer) as line_no,
    cast(indicator_no as integer) as indicator_no,
    code,
    evidence,
    fiscal_year as lake_year
from {{ lake('notice') }}
