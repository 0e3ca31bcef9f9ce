{{ config(materialized='view') }}

-- One row for each indicator of a declaration that is compared with the year before: met again, new, or dropped.
with years as (
    select * from {{ ref('int_comparison') }}
    where comparison = 'earlier_year'
),

matches as (
    select * from {{ ref('int_indicator_match') }}
    where comparison = 'earlier_year'
),

indicators as (
    select * from {{ ref('int_compared_indicator') }}
),

other_indicators as (
    select * from {{ ref('int_compared_indicator') }}
)

select
    y.form_id,
    i.indicator_no,
    m.other_indicator_no,
    coalesce(m.match_kind, 'new') as match_kind,
    m.similarity,
    m.target_change
from years as y
inner join indicators as i on y.form_id = i.form_id
left join matches as m on i.form_id = m.form_id and i.indicator_no = m.indicator_no
union all
select
    y.form_id,
    null as indicator_no,
    o.indicator_no as other_indicator_no,
    'dropped' as match_kind,
    null as similarity,
    null as target_change
from years as y
inner join other_indicators as o on y.other_form_id = o.form_id
left join matches as m on y.form_id = m.form_id and o.indicator_no = m.other_indicator_no
where m.form_id is null
