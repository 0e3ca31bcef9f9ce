{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook='{{ forget_touched_declarations() }}'
) }}

with years as (
    select * from {{ ref('int_comparison') }}
    where comparison = 'earlier_year'
),

declarations as (
    select * from {{ ref('int_declaration') }}
),

changes as (
    select * from {{ ref('int_indicator_change') }}
),

indicators as (
    select * from {{ ref('int_indicator') }}
    where scope = 'annual'
),

earlier_indicators as (
    select * from {{ ref('int_indicator') }}
    where scope = 'annual'
)

select
    y.declaration_key,
    y.other_declaration_key as previous_declaration_key,
    case when c.indicator_no is not null then {{ indicator_key('y.declaration_key', 'c.indicator_no') }} end as indicator_key,
    case
        when c.other_indicator_no is not null then {{ indicator_key('y.other_declaration_key', 'c.other_indicator_no') }}
    end as previous_indicator_key,
    y.fiscal_year,
    y.other_fiscal_year as previous_fiscal_year,
    d.region_code,
    d.project_id,
    d.project_code,
    c.match_kind,
    c.similarity,
    c.target_change,
    coalesce(n.category_key, p.category_key) as category_key,
    n.content,
    p.content as previous_content,
    n.value_raw,
    p.value_raw as previous_value_raw,
    n.base_value,
    p.base_value as previous_base_value,
    coalesce(n.base_unit, p.base_unit) as base_unit
from changes as c
inner join years as y on c.form_id = y.form_id
inner join declarations as d on y.form_id = d.form_id
left join indicators as n on c.form_id = n.form_id and c.indicator_no = n.indicator_no
left join earlier_indicators as p on y.other_form_id = p.form_id and c.other_indicator_no = p.indicator_no
