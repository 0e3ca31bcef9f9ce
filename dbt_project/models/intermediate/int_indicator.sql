{{ config(materialized='view') }}

-- The lake's indicators of the touched years, with the number of their form and their category.
with indicators as (
    select * from {{ ref('stg_indicator') }}
    where {{ in_touched_years('lake_year') }}
),

documents as (
    select * from {{ ref('int_document') }}
),

categories as (
    select * from {{ ref('int_indicator_category') }}
)

select
    {{ form_id('d.document_no', 'i.form_no') }} as form_id,
    i.document_id,
    i.table_no,
    i.line_no,
    i.indicator_no,
    i.scope,
    i.level1,
    i.level2,
    c.category_key,
    coalesce(c.harmonised_level2, i.level2, '') as category,
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
    i.is_self_evaluated,
    i.actual_raw,
    i.actual_value,
    i.actual_unit,
    i.score,
    i.deviation_reason,
    i.lake_year
from indicators as i
inner join documents as d on i.document_id = d.document_id
left join categories as c on i.level1 is not distinct from c.level1 and i.level2 is not distinct from c.level2
