-- One row for each annual indicator of a compared declaration, in numbers: its name, which one of that name it is in its
-- form, and its target as a range of what would meet it, from `low` to `high`. A deadline counts as its day within the
-- fiscal year; words have no range. Whether less is better is asked of exact numbers only, which say it themselves otherwise.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

indicators as (
    select * from {{ ref('int_indicator') }}
),

compared as (
    select
        form_id,
        fiscal_year
    from comparisons
    union
    select
        other_form_id as form_id,
        other_fiscal_year as fiscal_year
    from comparisons
),

measured as (
    select
        i.form_id,
        i.indicator_no,
        {{ fingerprint(comparable('i.content')) }} as name,
        {{ fingerprint('i.category') }} as category,
        {{ fingerprint("coalesce(i.base_unit, '')") }} as base_unit,
        {{ fingerprint(comparable('i.value_raw')) }} as value_text,
        i.target_kind,
        i.operator,
        coalesce(i.target_kind = 'numeric' and i.operator in ('=', '~') and i.base_value_max is null, false) as is_exact,
        case
            when i.target_kind = 'numeric' and i.operator in ('=', '~') then {{ less_is_better('i') }}
            else false
        end as is_less_better,
        cast(case i.target_kind
            when 'numeric' then i.base_value
            when 'deadline' then {{ day_of_plan('i.due_on', 'c.fiscal_year') }}
        end as double) as low,
        cast(case i.target_kind
            when 'numeric' then coalesce(i.base_value_max, i.base_value)
            when 'deadline' then {{ day_of_plan('i.due_on', 'c.fiscal_year') }}
        end as double) as high
    from indicators as i
    inner join compared as c on i.form_id = c.form_id
    where i.scope = 'annual' and i.content is not null
)

select
    form_id,
    indicator_no,
    name,
    cast(row_number() over (partition by form_id, name order by category, indicator_no) as integer) as occurrence,
    category,
    base_unit,
    value_text,
    target_kind,
    coalesce(operator in ('<', '>'), false) as is_strict,
    is_exact,
    is_less_better,
    case when low is not null and (target_kind = 'deadline' or operator in ('<', '<=')) then -1e15 else low end as low,
    case when high is not null and target_kind = 'numeric' and operator in ('>', '>=') then 1e15 else high end as high
from measured
