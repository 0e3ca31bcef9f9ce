-- One row for each pair of printed labels, with its era and the category it means: by both labels, else by level 2 alone,
-- else by level 1 alone.
with labels_of_years as (
    select * from {{ ref('int_printed_label') }}
),

taxonomy as (
    select * from {{ ref('indicator_category') }}
),

printed as (
    select distinct
        level1,
        level2
    from labels_of_years
),

labels as (
    select
        *,
        {{ category_label('level1') }} as label1,
        {{ category_label('level2') }} as label2
    from printed
)

select
    l.level1,
    l.level2,
    {{ surrogate_key(['l.level1', 'l.level2']) }} as category_key,
    coalesce(b.era, s.era, f.era) as era,
    coalesce(b.harmonised_level1, s.harmonised_level1, f.harmonised_level1) as harmonised_level1,
    coalesce(b.harmonised_level2, s.harmonised_level2, f.harmonised_level2) as harmonised_level2
from labels as l
left join taxonomy as b on l.label1 = b.level1 and l.label2 = b.level2
left join taxonomy as s on l.label2 = s.level2 and s.level1 = '*'
left join taxonomy as f on l.label1 = f.level1 and f.level2 = '*'
