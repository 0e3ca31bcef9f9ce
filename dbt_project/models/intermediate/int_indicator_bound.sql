-- One row for each annual indicator of a declaration that is compared over the years: its target as a range of what would
-- meet it, from `low` to `high`. A deadline counts as its day within the fiscal year; words have no range.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

indicators as (
    select * from {{ ref('fct_indicator_target') }}
),

compared as (
    select declaration_key from comparisons
    where comparison = 'earlier_year'
    union
    select other_declaration_key from comparisons
    where comparison = 'earlier_year'
),

measured as (
    select
        i.indicator_key,
        i.declaration_key,
        i.category_key,
        i.content,
        i.value_raw,
        i.target_kind,
        i.operator,
        i.base_value,
        i.base_unit,
        case i.target_kind
            when 'numeric' then i.base_value
            when 'deadline' then {{ day_of_plan('i.due_on', 'i.fiscal_year') }}
        end as value,
        case i.target_kind
            when 'numeric' then coalesce(i.base_value_max, i.base_value)
            when 'deadline' then {{ day_of_plan('i.due_on', 'i.fiscal_year') }}
        end as value_max
    from indicators as i
    inner join compared as d on i.declaration_key = d.declaration_key
    where i.scope = 'annual'
)

select
    indicator_key,
    declaration_key,
    category_key,
    content,
    value_raw,
    target_kind,
    operator,
    base_value,
    base_unit,
    case
        when value is null then null
        when target_kind = 'deadline' or operator in ('<', '<=') then cast(-1e15 as decimal(24, 6))
        else cast(value as decimal(24, 6))
    end as low,
    case
        when value is null then null
        when operator in ('>', '>=') and target_kind = 'numeric' then cast(1e15 as decimal(24, 6))
        else cast(value_max as decimal(24, 6))
    end as high
from measured
