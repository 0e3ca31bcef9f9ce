{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

executions as (
    select * from {{ ref('stg_execution') }}
),

documents as (
    select * from {{ ref('int_document') }}
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
from executions as e
inner join documents as p on e.document_id = p.document_id
inner join declarations as d on {{ form_id('p.document_no', 'e.form_no') }} = d.form_id
where d.status = 'in_force'
