-- One row for each indicator of a comparison whose name the other declaration has too.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

indicators as (
    select * from {{ ref('int_compared_indicator') }}
),

other_indicators as (
    select * from {{ ref('int_compared_indicator') }}
)

select
    c.comparison,
    c.form_id,
    i.indicator_no,
    c.other_form_id,
    o.indicator_no as other_indicator_no,
    'same_name' as match_kind,
    cast(1 as decimal(5, 4)) as similarity,
    {{ target_change('i', 'o') }} as target_change,
    coalesce(i.value_text = o.value_text, false) as is_same_print
from comparisons as c
inner join indicators as i on c.form_id = i.form_id
inner join other_indicators as o
    on c.other_form_id = o.form_id and i.name = o.name and i.occurrence = o.occurrence
