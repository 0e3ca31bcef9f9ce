-- Every unit that is printed, known or not; an unknown one has no dimension.
with indicators as (
    select * from {{ ref('stg_indicator') }}
),

units as (
    select * from {{ ref('stg_measure_unit') }}
),

printed as (
    select unit from indicators
    union
    select actual_unit from indicators
)

select
    p.unit,
    u.dimension,
    u.base_unit,
    u.factor
from printed as p
left join units as u on p.unit = u.unit
where p.unit <> ''
