-- One row for each annual indicator of a compared declaration: its name as it is compared, and which one of that name it is.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

indicators as (
    select * from {{ ref('fct_indicator_target') }}
),

categories as (
    select * from {{ ref('int_indicator_category') }}
),

compared as (
    select declaration_key from comparisons
    union
    select other_declaration_key from comparisons
),

named as (
    select
        i.indicator_key,
        i.declaration_key,
        i.indicator_no,
        {{ comparable('i.content') }} as name,
        coalesce(c.harmonised_level2, c.level2, '') as category,
        coalesce(i.base_unit, '') as base_unit
    from indicators as i
    inner join compared as d on i.declaration_key = d.declaration_key
    left join categories as c on i.category_key = c.category_key
    where i.scope = 'annual' and i.content is not null
)

select
    indicator_key,
    declaration_key,
    indicator_no,
    name,
    category,
    base_unit,
    row_number() over (partition by declaration_key, name order by category, indicator_no) as occurrence
from named
