{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook='{{ forget_touched_declarations() }}'
) }}

with comparisons as (
    select * from {{ ref('int_comparison') }}
),

matches as (
    select * from {{ ref('int_indicator_match') }}
),

bounds as (
    select * from {{ ref('int_indicator_bound') }}
),

declarations as (
    select * from {{ ref('int_declaration_version') }}
),

years as (
    select
        c.declaration_key,
        c.other_declaration_key,
        c.fiscal_year,
        c.other_fiscal_year,
        d.project_id,
        d.project_code,
        d.region_code
    from comparisons as c
    inner join declarations as d on c.declaration_key = d.declaration_key and d.status = 'in_force'
    where c.comparison = 'earlier_year'
),

earlier_matches as (
    select * from matches
    where comparison = 'earlier_year'
),

paired as (
    select
        y.declaration_key,
        n.indicator_key,
        m.other_indicator_key as previous_indicator_key,
        coalesce(m.match_kind, 'new') as match_kind,
        m.similarity
    from years as y
    inner join bounds as n on y.declaration_key = n.declaration_key
    left join earlier_matches as m on n.indicator_key = m.indicator_key
    union all
    select
        y.declaration_key,
        null as indicator_key,
        p.indicator_key as previous_indicator_key,
        'dropped' as match_kind,
        null as similarity
    from years as y
    inner join bounds as p on y.other_declaration_key = p.declaration_key
    left join earlier_matches as m on p.indicator_key = m.other_indicator_key
    where m.indicator_key is null
)

select
    y.declaration_key,
    y.other_declaration_key as previous_declaration_key,
    x.indicator_key,
    x.previous_indicator_key,
    y.fiscal_year,
    y.other_fiscal_year as previous_fiscal_year,
    y.region_code,
    y.project_id,
    y.project_code,
    x.match_kind,
    x.similarity,
    {{ target_change('n', 'p') }} as target_change,
    coalesce(n.category_key, p.category_key) as category_key,
    n.content,
    p.content as previous_content,
    n.value_raw,
    p.value_raw as previous_value_raw,
    n.base_value,
    p.base_value as previous_base_value,
    coalesce(n.base_unit, p.base_unit) as base_unit
from paired as x
inner join years as y on x.declaration_key = y.declaration_key
left join bounds as n on x.indicator_key = n.indicator_key
left join bounds as p on x.previous_indicator_key = p.indicator_key
