{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

indicators as (
    select * from {{ ref('int_indicator') }}
    where {{ in_written_years('lake_year') }}
)

select
    d.version_key,
    d.declaration_key,
    d.status,
    d.fiscal_year,
    d.project_code,
    i.indicator_no,
    i.scope,
    i.level1,
    i.level2,
    i.content,
    i.value_raw,
    d.document_id,
    i.table_no,
    i.line_no
from declarations as d
inner join indicators as i on d.form_id = i.form_id
where d.status <> 'in_force'
