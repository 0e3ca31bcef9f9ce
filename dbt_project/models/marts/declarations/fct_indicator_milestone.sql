{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

milestones as (
    select * from {{ ref('stg_milestone') }}
),

documents as (
    select * from {{ ref('int_document') }}
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
from milestones as m
inner join documents as p on m.document_id = p.document_id
inner join declarations as d on {{ form_id('p.document_no', 'm.form_no') }} = d.form_id
where d.status = 'in_force'
