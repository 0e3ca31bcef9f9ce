select
    document_id,
    cast(form_no as integer) as form_no,
    cast(indicator_no as integer) as indicator_no,
    cast(step_no as integer) as step_no,
    due_on,
    operator,
    target_value,
    unit,
    fiscal_year as lake_year
from {{ lake('milestone') }}
