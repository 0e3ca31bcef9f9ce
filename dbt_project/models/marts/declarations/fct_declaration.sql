{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}",
    post_hook="{{ find_by('project_code') }}"
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

forms as (
    select * from {{ ref('stg_form') }}
),

documents as (
    select * from {{ ref('int_document') }}
)

select
    d.declaration_key,
    d.version_key,
    d.form_type,
    d.fiscal_year,
    f.fiscal_year_from,
    d.region_code,
    f.region_from,
    d.project_id,
    d.project_code,
    f.project_name,
    f.library_year,
    f.code_department,
    d.department_id,
    f.department_code,
    f.department_name,
    d.unit_id,
    f.unit_code,
    f.unit_name,
    f.project_attribute,
    f.project_attribute_raw,
    f.project_category,
    f.starts_on,
    f.ends_on,
    f.money_unit,
    f.total_raw,
    f.total_yuan,
    f.total_line,
    f.whole_project_total_raw,
    f.whole_project_total_yuan,
    f.annual_goal,
    f.annual_goal_line,
    f.whole_project_goal,
    f.goal_result,
    f.title,
    f.family,
    f.indicator_count,
    d.document_id,
    d.form_no,
    f.table_no,
    f.line_start,
    f.line_end
from forms as f
inner join documents as p on f.document_id = p.document_id
inner join declarations as d on {{ form_id('p.document_no', 'f.form_no') }} = d.form_id
where d.status = 'in_force'
