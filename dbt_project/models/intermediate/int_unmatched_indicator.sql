-- One row for each indicator of a comparison, on either side, whose name the other side does not have.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

indicators as (
    select * from {{ ref('int_compared_indicator') }}
),

same as (
    select * from {{ ref('int_same_name_match') }}
),

other_same as (
    select * from {{ ref('int_same_name_match') }}
),

texts as (
    select * from {{ ref('int_indicator') }}
),

sides as (
    select
        comparison,
        form_id as pair_id,
        form_id,
        false as is_other
    from comparisons
    union all
    select
        comparison,
        form_id as pair_id,
        other_form_id as form_id,
        true as is_other
    from comparisons
),

met as (
    select
        comparison,
        form_id as pair_id,
        form_id,
        indicator_no
    from same
    union all
    select
        comparison,
        form_id as pair_id,
        other_form_id as form_id,
        other_indicator_no as indicator_no
    from other_same
),

unmet as (
    select
        s.comparison,
        s.pair_id,
        s.is_other,
        i.form_id,
        i.indicator_no,
        i.category,
        case when s.comparison = 'earlier_year' then i.base_unit end as base_unit
    from sides as s
    inner join indicators as i on s.form_id = i.form_id
    left join met as m
        on
            s.comparison = m.comparison
            and s.pair_id = m.pair_id
            and i.form_id = m.form_id
            and i.indicator_no = m.indicator_no
    where m.form_id is null
)

select
    u.comparison,
    u.pair_id,
    u.is_other,
    u.form_id,
    u.indicator_no,
    u.category,
    u.base_unit,
    {{ comparable('t.content') }} as name
from unmet as u
inner join texts as t on u.form_id = t.form_id and u.indicator_no = t.indicator_no
