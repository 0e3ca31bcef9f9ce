{{ config(materialized='view', tags='fixed') }}

-- One row for each annual indicator of a project's earlier declaration that the later one does not have.
with years as (
    select * from {{ ref('int_year_pair') }}
),

earlier_indicators as (
    select * from {{ ref('int_indicator') }}
),

matches as (
    select * from {{ ref('int_indicator_match') }}
    where comparison = 'earlier_year'
)

select
    y.declaration_key,
    y.previous_declaration_key,
    {{ indicator_key('y.previous_declaration_key', 'p.indicator_no') }} as previous_indicator_key,
    y.fiscal_year,
    y.previous_fiscal_year,
    y.region_code,
    y.project_id,
    y.project_code,
    p.category_key,
    p.content as previous_content,
    p.value_raw as previous_value_raw,
    p.base_value as previous_base_value,
    p.base_unit
from earlier_indicators as p
inner join years as y on p.form_id = y.previous_form_id
left join matches as m on p.form_id = m.other_form_id and p.indicator_no = m.other_indicator_no
where p.scope = 'annual' and m.form_id is null
