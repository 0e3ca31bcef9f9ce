{{ config(materialized='view', tags='fixed') }}

-- One row for each annual indicator of a project's earlier declaration that the later one does not have (no `indicator_no`), or
-- whose name or target it prints otherwise. Most are printed the same (blanks and the width of brackets aside) and are not
-- looked up again.
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
    y.form_id,
    y.fiscal_year,
    m.indicator_no,
    p.indicator_no as previous_indicator_no,
    p.category_key,
    p.content,
    p.value_raw,
    p.base_value,
    p.base_unit,
    p.lake_year as previous_lake_year
from earlier_indicators as p
inner join years as y on p.form_id = y.previous_form_id
left join matches as m on p.form_id = m.other_form_id and p.indicator_no = m.other_indicator_no
where p.scope = 'annual' and not coalesce(m.is_same_print, false)
