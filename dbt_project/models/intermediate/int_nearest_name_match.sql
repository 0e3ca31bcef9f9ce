-- One row for each indicator of a comparison without its like by name, and the nearest name on the other side within the
-- category (between years also within the unit), where each is the other's nearest.
with unmatched as (
    select * from {{ ref('int_unmatched_indicator') }}
    where not is_other
),

other_unmatched as (
    select * from {{ ref('int_unmatched_indicator') }}
    where is_other
),

indicators as (
    select * from {{ ref('int_compared_indicator') }}
),

other_indicators as (
    select * from {{ ref('int_compared_indicator') }}
),

likenesses as (
    select
        a.comparison,
        a.form_id,
        a.indicator_no,
        b.form_id as other_form_id,
        b.indicator_no as other_indicator_no,
        {{ similarity('a.name', 'b.name') }} as similarity
    from unmatched as a
    inner join other_unmatched as b
        on
            a.comparison = b.comparison
            and a.pair_id = b.pair_id
            and a.category = b.category
            and a.base_unit is not distinct from b.base_unit
),

ranked as (
    select
        comparison,
        form_id,
        indicator_no,
        other_form_id,
        other_indicator_no,
        similarity,
        row_number() over (
            partition by comparison, form_id, indicator_no order by similarity desc, other_indicator_no asc
        ) as place,
        row_number() over (
            partition by comparison, form_id, other_indicator_no order by similarity desc, indicator_no asc
        ) as other_place
    from likenesses
    where similarity >= {{ var('least_similarity') }}
)

select
    r.comparison,
    r.form_id,
    r.indicator_no,
    r.other_form_id,
    r.other_indicator_no,
    'nearest_name' as match_kind,
    r.similarity,
    {{ target_change('i', 'o') }} as target_change,
    false as is_same_print
from ranked as r
inner join indicators as i on r.form_id = i.form_id and r.indicator_no = i.indicator_no
inner join other_indicators as o on r.other_form_id = o.form_id and r.other_indicator_no = o.indicator_no
where r.place = 1 and r.other_place = 1
