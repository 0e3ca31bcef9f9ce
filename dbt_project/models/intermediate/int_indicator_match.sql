-- One row for each indicator of a comparison that has its counterpart: the same name; else the nearest name within the
-- category (between years also within the unit), each the other's best.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

names as (
    select * from {{ ref('int_indicator_name') }}
),

same as (
    select
        c.comparison,
        a.indicator_key,
        b.indicator_key as other_indicator_key
    from comparisons as c
    inner join names as a on c.declaration_key = a.declaration_key
    inner join names as b
        on c.other_declaration_key = b.declaration_key and a.name = b.name and a.occurrence = b.occurrence
),

rest as (
    select
        c.comparison,
        c.declaration_key,
        c.other_declaration_key,
        n.indicator_key,
        n.indicator_no,
        n.category,
        case when c.comparison = 'earlier_year' then n.base_unit else '' end as base_unit,
        {{ bigrams('n.name') }} as bigrams
    from comparisons as c
    inner join names as n on c.declaration_key = n.declaration_key
    left join same as s on c.comparison = s.comparison and n.indicator_key = s.indicator_key
    where s.indicator_key is null
),

other_rest as (
    select
        c.comparison,
        c.declaration_key,
        n.indicator_key,
        n.indicator_no,
        n.category,
        case when c.comparison = 'earlier_year' then n.base_unit else '' end as base_unit,
        {{ bigrams('n.name') }} as bigrams
    from comparisons as c
    inner join names as n on c.other_declaration_key = n.declaration_key
    left join same as s on c.comparison = s.comparison and n.indicator_key = s.other_indicator_key
    where s.indicator_key is null
),

likenesses as (
    select
        a.comparison,
        a.indicator_key,
        a.indicator_no,
        b.indicator_key as other_indicator_key,
        b.indicator_no as other_indicator_no,
        {{ similarity('a.bigrams', 'b.bigrams') }} as similarity
    from rest as a
    inner join other_rest as b
        on a.comparison = b.comparison and a.declaration_key = b.declaration_key
        and a.category = b.category and a.base_unit = b.base_unit
),

ranked as (
    select
        comparison,
        indicator_key,
        other_indicator_key,
        similarity,
        row_number() over (
            partition by comparison, indicator_key order by similarity desc, other_indicator_no
        ) as place,
        row_number() over (
            partition by comparison, other_indicator_key order by similarity desc, indicator_no
        ) as other_place
    from likenesses
    where similarity >= {{ var('least_similarity') }}
)

select
    comparison,
    indicator_key,
    other_indicator_key,
    'same_name' as match_kind,
    cast(1 as decimal(5, 4)) as similarity
from same
union all
select
    comparison,
    indicator_key,
    other_indicator_key,
    'nearest_name' as match_kind,
    similarity
from ranked
where place = 1 and other_place = 1
