{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook='{{ forget_touched_declarations() }}'
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

milestones as (
    select * from {{ ref('stg_milestone') }}
)

select
    {{ indicator_key('d.declaration_key', 'm.indicator_no') }} as indicator_key,
    d.declaration_key,
    d.fiscal_year,
    m.step_no,
    m.due_on,
    m.operator,
    m.target_value,
    m.unit
from declarations as d
inner join milestones as m on d.document_id = m.document_id and d.form_no = m.form_no
where d.status = 'in_force'
