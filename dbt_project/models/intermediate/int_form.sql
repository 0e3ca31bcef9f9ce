{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('document_id', 'int_changed_document') }}"
) }}

-- One row for each printed form of the lake: who it speaks of. The keys are made of what the form says, never of when
-- or from which file it was loaded, so that a re-publication meets the version that it replaces.
with forms as (
    select * from {{ ref('stg_form') }}
    where document_id in (select t.document_id from {{ ref('int_changed_document') }} as t)
),

links as (
    select * from {{ ref('project_link') }}
),

named as (
    select
        document_id,
        form_no,
        fiscal_year,
        form_type,
        coalesce(region_code, '') as place,
        region_code,
        nullif(trim(project_code), '') as code,
        project_name,
        {{ comparable('project_name') }} as name,
        department_code,
        department_name,
        coalesce({{ comparable('department_name') }}, department_code) as department,
        unit_code,
        {{ comparable('unit_name') }} as unit
    from forms
),

-- The first of these that the form can answer: its code; its name within the place; for a form of a whole department,
-- which names no project, the department; else nothing but the form itself.
identified as (
    select
        document_id,
        form_no,
        fiscal_year,
        form_type,
        region_code,
        code,
        project_name,
        department_name,
        case
            when code is not null then concat_ws('|', 'code', place, code)
            when name is not null and coalesce(region_code, department, unit) is not null
                then concat_ws('|', 'name', place, coalesce(department, ''), coalesce(unit, ''), name)
            when name is null and coalesce(department, unit) is not null
                then concat_ws('|', 'department', place, coalesce(department, ''), coalesce(unit, ''))
            else concat_ws('|', 'form', document_id, cast(form_no as {{ dbt.type_string() }}))
        end as subject,
        coalesce(department_code, department) as department,
        coalesce(unit_code, unit) as unit
    from named
)

select
    i.document_id,
    i.form_no,
    i.fiscal_year,
    i.form_type,
    i.region_code,
    i.code as project_code,
    i.project_name,
    i.department_name,
    {{ surrogate_key(['i.document_id', 'i.form_no']) }} as version_key,
    {{ surrogate_key(['i.subject', 'i.fiscal_year', 'i.form_type']) }} as declaration_key,
    coalesce(l.project_id, md5(i.subject)) as project_id,
    case when i.department is not null then {{ surrogate_key(['i.region_code', 'i.department']) }} end as department_id,
    case when i.unit is not null then {{ surrogate_key(['i.region_code', 'i.unit']) }} end as unit_id
from identified as i
left join links as l on md5(i.subject) = l.linked_project_id
