{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook='{{ forget_touched_declarations() }}'
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

executions as (
    select * from {{ ref('stg_execution') }}
)

select
    d.declaration_key,
    d.fiscal_year,
    d.project_code,
    e.funding_line,
    e.label,
    e.initial_budget_yuan,
    e.adjusted_budget_yuan,
    e.executed_yuan,
    e.execution_rate,
    e.weight,
    e.score,
    e.reason,
    d.document_id,
    e.table_no,
    e.line_no
from declarations as d
inner join executions as e on d.document_id = e.document_id and d.form_no = e.form_no
where d.status = 'in_force'
