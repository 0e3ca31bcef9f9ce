{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail", schema="intermediate",
    database="work" if target.type == "duckdb" else none, pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}
-- What the rules look at, one row an indicator: the published target, its harmonised category, the dimension of its
-- unit, and the texts as the word lists read them. Computed once, because some thirty rules read it; kept between builds,
-- because what several projects share is counted over all of a year.

with

indicator as {{ not_materialized() }}(

    {% set touched %}
        scope = 'annual'
        and {{ in_years_of("int_touched_declaration", "fiscal_year") }}
        and declaration_key in (select touched.declaration_key from {{ ref("int_touched_declaration") }} as touched)
    {% endset %}
    {{ rows_where("fct_indicator_target", touched) }}

),

declaration as (

    {{ rows_where(
        "fct_declaration",
        "declaration_key in (select touched.declaration_key from " ~ ref("int_touched_declaration") ~ " as touched)"
    ) }}

),

category as (

    select * from {{ ref("dim_indicator_category") }}

),

measure_unit as (

    select * from {{ ref("dim_measure_unit") }}

),

milestone as (

    select
        indicator_key,
        max(due_on) as last_due_on
    from {{ ref("fct_indicator_milestone") }}
    where {{ in_years_of("int_touched_declaration", "fiscal_year") }}
    group by indicator_key

),

-- The same row printed twice in one form is two subjects. Few are: only those are numbered.
printed as {{ not_materialized() }}(

    select
        indicator_key,
        indicator_no,
        {{ fingerprint("concat_ws(
            '|', declaration_key, coalesce(level2, level1, ''), coalesce(content, ''), coalesce(value_raw, '')
        )") }} as print_id
    from indicator

),

printed_again as (

    select print_id
    from printed
    group by print_id
    having count(*) > 1

),

numbered as (

    select
        printed.indicator_key,
        row_number() over (partition by printed.print_id order by printed.indicator_no) as print_no
    from printed
    inner join printed_again on printed.print_id = printed_again.print_id

),

examined as (

    select
        indicator.declaration_key,
        indicator.indicator_key,
        indicator.fiscal_year,
        declaration.form_type,
        coalesce(declaration.region_code, '') as region_code,
        declaration.total_yuan,
        declaration.whole_project_total_yuan,
        indicator.indicator_no,
        indicator.table_no,
        indicator.line_no,
        coalesce(indicator.level1, '') as level1,
        coalesce(indicator.level2, indicator.level1, '') as level2,
        coalesce(indicator.content, '') as content,
        coalesce(indicator.value_raw, '') as value_raw,
        indicator.target_kind,
        indicator.operator,
        indicator.target_value,
        indicator.target_value_max,
        indicator.unit,
        indicator.base_value,
        indicator.base_unit,
        indicator.starts_on,
        indicator.due_on,
        coalesce(indicator.due_on, milestone.last_due_on) as last_due_on,
        coalesce(indicator.number_not_understood, false) as number_not_understood,
        measure_unit.dimension as unit_dimension,
        coalesce(
            measure_unit.dimension in ('count', 'events', 'people', 'person-time', 'households', 'visits'), false
        ) as is_counted,
        coalesce(category.harmonised_level1 = '产出指标', false) as is_output,
        coalesce(category.harmonised_level1 = '效益指标', false) as is_benefit,
        coalesce(category.harmonised_level1 = '满意度指标', false) as is_satisfaction,
        coalesce(category.harmonised_level2 = '数量指标', false) as is_quantity,
        coalesce(category.harmonised_level2 = '质量指标', false) as is_quality,
        coalesce(category.harmonised_level2 = '时效指标', false) as is_timeliness,
        coalesce(category.harmonised_level2 = '成本指标', false) as is_cost,
        coalesce(category.harmonised_level2 = '可持续影响指标', false) as is_sustained,
        coalesce(numbered.print_no, 1) as print_no,
        {{ replaced("coalesce(indicator.content, '')", "[(（][^()（）]*[)）]") }} as unbracketed_content
    from indicator
    inner join declaration on indicator.declaration_key = declaration.declaration_key
    left join category on indicator.category_key = category.category_key
    left join measure_unit on indicator.unit = measure_unit.unit
    left join milestone on indicator.indicator_key = milestone.indicator_key
    left join numbered on indicator.indicator_key = numbered.indicator_key

),

described as (

    select
        *,
        {{ replaced("unbracketed_content", "[\\s\\p{P}]") }} as plain_content,
        {{ replaced("value_raw", '[\\s，。；、,;"“”]') }} as plain_value,
        concat(md5(concat_ws('|', level2, content, value_raw)), '-', print_no) as subject_key
    from examined

)

select
    *,
    {{ fingerprint("concat_ws(
        '|', fiscal_year, region_code, plain_content, target_kind, operator, target_value, target_value_max, unit,
        100 * month(starts_on) + day(starts_on), 100 * month(due_on) + day(due_on),
        case when target_kind in ('qualitative', 'frequency', 'milestones') then value_raw end
    )") }} as repeat_id
from described
