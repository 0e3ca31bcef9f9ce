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
    {{ indicator_key('d.declaration_key', 'i.indicator_no') }} as indicator_key,
    d.declaration_key,
    d.form_type,
    d.fiscal_year,
    d.region_code,
    d.department_name,
    d.project_code,
    d.project_name,
    i.indicator_no,
    i.scope,
    i.level1,
    i.level2,
    i.category_key,
    i.content,
    i.value_raw,
    i.target_kind,
    i.operator,
    i.target_value,
    i.target_value_max,
    i.unit,
    i.base_value,
    i.base_value_max,
    i.base_unit,
    i.starts_on,
    i.due_on,
    i.target_text,
    i.number_not_understood,
    i.weight,
    i.direction,
    i.remark,
    d.document_id,
    i.table_no,
    i.line_no
from declarations as d
inner join indicators as i on d.form_id = i.form_id
where d.status = 'in_force'
