select
    document_id,
    cast(form_no as integer) as form_no,
    cast(table_no as integer) as table_no,
    cast(line_no as integer) as line_no,
    funding_line,
    label,
    initial_budget_yuan,
    adjusted_budget_yuan,
    executed_yuan,
    execution_rate,
    weight,
    score,
    reason,
    fiscal_year as lake_year
from {{ lake('execution') }}
