{{ config(materialized='view', tags='fixed') }}

-- One row for each indicator whose name or target the year before printed otherwise: what it printed. Most are printed the
-- same (blanks and the width of brackets aside) and are not looked up again.
with matches as (
    select * from {{ ref('int_indicator_match') }}
),

earlier_indicators as (
    select * from {{ ref('int_indicator') }}
)

select
    m.form_id,
    m.indicator_no,
    p.content,
    p.value_raw,
    p.base_value
from earlier_indicators as p
inner join matches as m on p.form_id = m.other_form_id and p.indicator_no = m.other_indicator_no
where m.comparison = 'earlier_year' and not m.is_same_print
