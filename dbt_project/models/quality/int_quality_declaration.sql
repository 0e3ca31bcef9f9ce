-- sqlfluff:indentation:template_blocks_indent:false
{{ config(
    materialized="table", schema="intermediate", database="work" if target.type == "duckdb" else none,
    meta={"year_by_year": "int_judged_year"}
) }}
-- What the rules look at, one row a declaration: its head, its money summed up, and how many indicators of each kind.
-- depends_on: {{ ref("int_judged_year") }}
{%- set counts = {
    "indicator_count": "true",
    "target_count": "target_kind is not null",
    "numeric_count": "target_kind = 'numeric'",
    "qualitative_count": "target_kind = 'qualitative'",
    "output_count": "is_output",
    "quantity_count": "is_quantity",
    "quality_count": "is_quality",
    "timeliness_count": "is_timeliness",
    "cost_count": "is_cost",
    "benefit_count": "is_benefit",
    "numeric_benefit_count": "is_benefit and target_kind = 'numeric'",
    "sustained_count": "is_sustained",
    "satisfaction_count": "is_satisfaction",
    "bounded_satisfaction_count": "is_satisfaction and operator is not null",
    "bounded_rate_count": "unit_dimension = 'ratio' and operator is not null",
    "bounded_cost_count": "is_cost and operator is not null",
    "cost_cap_count": "is_cost and base_unit = '元'",
    "unit_cost_count": "is_cost and base_unit like '元/%'",
    "deadline_count": "target_kind in ('deadline', 'milestones')",
    "milestone_count": "target_kind = 'milestones'",
    "start_count": "starts_on is not null",
} %}

with

declaration as (

    select * from {{ ref("fct_declaration") }} as declaration
    where {{ is_judged("declaration") }}

),

indicator as (

    select * from {{ ref("int_quality_indicator") }} as indicator
    where {{ is_judged("indicator") }}

),

funding as (

    select * from {{ ref("fct_project_funding") }} as funding
    where {{ is_judged("funding") }}

),

region as (

    select * from {{ ref("dim_region") }}

),

unread as (

    select
        declaration_key,
        count(*) as quarantined_line_count
    from {{ ref("quarantine") }}
    where declaration_key is not null
    group by declaration_key

),

project_change as (

    select * from {{ ref("fct_project_change") }}

),

history as (

    select
        latest.declaration_key,
        latest.previous_declaration_key,
        latest.previous_fiscal_year,
        latest.previous_total_yuan,
        earlier.previous_declaration_key is not null as has_two_earlier_years
    from project_change as latest
    left join project_change as earlier on latest.previous_declaration_key = earlier.declaration_key
    where
        latest.declaration_key is not null and latest.previous_declaration_key is not null
        and {{ of_the_year("latest.fiscal_year") }}

),

indicator_counts as (

    select
        declaration_key,
        {%- for name, condition in counts.items() %}
        count(*) filter (where {{ condition }}) as {{ name }},
        {%- endfor %}
        min(due_on) filter (where target_kind = 'deadline') as first_due_on,
        max(due_on) filter (where target_kind = 'deadline') as last_due_on
    from indicator
    group by declaration_key

),

sources as (

    select
        declaration_key,
        count(*) as source_count,
        sum(amount_yuan) as source_total_yuan,
        {{ listed("concat_ws('', funding_source, '=', amount_yuan)", "; ", "funding_source") }} as source_amounts
    from funding
    group by declaration_key

)

select
    declaration.declaration_key,
    declaration.form_type,
    declaration.fiscal_year,
    coalesce(declaration.region_code, '') as region_code,
    declaration.project_code,
    coalesce(declaration.project_name, '') as project_name,
    declaration.department_id,
    declaration.department_code,
    coalesce(declaration.department_name, '') as department_name,
    declaration.code_department,
    coalesce(declaration.unit_name, '') as unit_name,
    declaration.library_year,
    declaration.project_attribute,
    declaration.project_attribute_raw,
    declaration.total_yuan,
    declaration.annual_goal,
    coalesce({{ matches("declaration.annual_goal", "[0-9]") }}, false) as goal_has_number,
    declaration.document_id,
    declaration.form_no,
    declaration.table_no,
    declaration.line_start,
    coalesce(declaration.total_line, declaration.line_start) as total_line,
    coalesce(declaration.annual_goal_line, declaration.line_start) as annual_goal_line,
    {{ matches("declaration.project_code", "^[0-9]{8}[0-9A-Za-z][0-9]{12}$") }} as code_is_well_formed,
    region.region_code is not null as code_area_is_known,
    coalesce(sources.source_count, 0) as source_count,
    sources.source_total_yuan,
    sources.source_amounts,
    history.previous_declaration_key,
    history.previous_fiscal_year,
    history.previous_total_yuan,
    coalesce(history.has_two_earlier_years, false) as has_two_earlier_years,
    coalesce(unread.quarantined_line_count, 0) as quarantined_line_count,
    coalesce(declaration.project_name, '') = ''
    and declaration.total_yuan is null
    and coalesce(indicator_counts.target_count, 0) = 0 as is_template,
    {%- for name in counts %}
    coalesce(indicator_counts.{{ name }}, 0) as {{ name }},
    {%- endfor %}
    indicator_counts.first_due_on,
    indicator_counts.last_due_on
from declaration
left join indicator_counts on declaration.declaration_key = indicator_counts.declaration_key
left join sources on declaration.declaration_key = sources.declaration_key
left join unread on declaration.declaration_key = unread.declaration_key
left join history on declaration.declaration_key = history.declaration_key
left join region on substr(declaration.project_code, 1, 6) = region.region_code
