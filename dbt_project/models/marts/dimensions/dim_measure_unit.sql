-- Every unit that is printed, known or not; an unknown one has no dimension.
with labels as (
    select * from {{ ref('int_printed_label') }}
),

units as (
    select * from {{ ref('stg_measure_unit') }}
),

printed as (
    select unit from labels
    union
    select actual_unit from labels
)

select
    p.unit,
    u.dimension,
    u.base_unit,
    u.factor
from printed as p
left join units as u on p.unit = u.unit
where p.unit <> ''
