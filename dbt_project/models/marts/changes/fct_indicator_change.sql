{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}", meta={'year_by_year': 'int_compared_year'}
) }}
-- depends_on: {{ ref('int_compared_year') }}

with years as (
    select * from {{ ref('int_year_pair') }}
    where {{ of_the_year('fiscal_year') }}
),

indicators as (
    select * from {{ ref('int_indicator') }}
    where scope = 'annual' and {{ in_written_years('lake_year') }} and {{ among_the_years('lake_year', 'lake_year') }}
),

matches as (
    select * from {{ ref('int_indicator_match') }}
    where comparison = 'earlier_year'
),

earlier as {{ materialized() }}(
    select * from {{ ref('int_earlier_print') }}
    where {{ of_the_year('fiscal_year') }} and {{ among_the_years('previous_lake_year', 'earlier_lake_year') }}
),

kept as (
    select
        y.declaration_key,
        y.previous_declaration_key,
        {{ indicator_key('y.declaration_key', 'n.indicator_no') }} as indicator_key,
        case
            when m.form_id is not null
                then {{ indicator_key('y.previous_declaration_key', 'm.other_indicator_no') }}
        end as previous_indicator_key,
        y.fiscal_year,
        y.previous_fiscal_year,
        y.region_code,
        y.project_id,
        y.project_code,
        coalesce(m.match_kind, 'new') as match_kind,
        m.similarity,
        m.target_change,
        n.category_key,
        n.content,
        case when e.form_id is not null then e.content when m.form_id is not null then n.content end as previous_content,
        n.value_raw,
        case when e.form_id is not null then e.value_raw when m.form_id is not null then n.value_raw end as previous_value_raw,
        n.base_value,
        case when e.form_id is not null then e.base_value when m.form_id is not null then n.base_value end as previous_base_value,
        n.base_unit
    from indicators as n
    inner join years as y on n.form_id = y.form_id
    left join matches as m on n.form_id = m.form_id and n.indicator_no = m.indicator_no
    left join earlier as e on n.form_id = e.form_id and n.indicator_no = e.indicator_no
),

dropped as (
    select
        y.declaration_key,
        y.previous_declaration_key,
        {{ indicator_key('y.previous_declaration_key', 'e.previous_indicator_no') }} as previous_indicator_key,
        y.fiscal_year,
        y.previous_fiscal_year,
        y.region_code,
        y.project_id,
        y.project_code,
        e.category_key,
        e.content as previous_content,
        e.value_raw as previous_value_raw,
        e.base_value as previous_base_value,
        e.base_unit
    from earlier as e
    inner join years as y on e.form_id = y.form_id
    where e.indicator_no is null
)

select
    declaration_key,
    previous_declaration_key,
    indicator_key,
    previous_indicator_key,
    fiscal_year,
    previous_fiscal_year,
    region_code,
    project_id,
    project_code,
    match_kind,
    similarity,
    target_change,
    category_key,
    content,
    previous_content,
    value_raw,
    previous_value_raw,
    base_value,
    previous_base_value,
    base_unit
from kept
union all
select
    declaration_key,
    previous_declaration_key,
    null as indicator_key,
    previous_indicator_key,
    fiscal_year,
    previous_fiscal_year,
    region_code,
    project_id,
    project_code,
    'dropped' as match_kind,
    null as similarity,
    null as target_change,
    category_key,
    null as content,
    previous_content,
    null as value_raw,
    previous_value_raw,
    null as base_value,
    previous_base_value,
    base_unit
from dropped
