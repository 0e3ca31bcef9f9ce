{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_changed_declaration') }}"
) }}

-- One row for each printed form of the lake and the declaration that it is a version of. The last published is in force.
with forms as (
    select * from {{ ref('int_form') }}
    where declaration_key in (select t.declaration_key from {{ ref('int_changed_declaration') }} as t)
),

documents as (
    select * from {{ ref('int_document') }}
),

ordered as (
    select
        f.version_key,
        f.declaration_key,
        f.document_id,
        f.form_no,
        f.fiscal_year,
        f.form_type,
        f.region_code,
        f.project_id,
        f.project_code,
        f.project_name,
        f.department_id,
        f.department_name,
        f.unit_id,
        p.code_version,
        p.published_on,
        p.is_withdrawn,
        case when not p.is_withdrawn then cast(row_number() over publication as integer) end as version_no,
        case when not p.is_withdrawn then lead(f.version_key) over publication end as superseded_by
    from forms as f
    inner join documents as p on f.document_id = p.document_id
    window publication as (
        partition by f.declaration_key, p.is_withdrawn
        order by p.document_no, f.form_no
    )
)

select
    version_key,
    declaration_key,
    document_id,
    form_no,
    fiscal_year,
    form_type,
    region_code,
    project_id,
    project_code,
    project_name,
    department_id,
    department_name,
    unit_id,
    published_on,
    code_version,
    version_no,
    superseded_by,
    case
        when is_withdrawn then 'withdrawn'
        when superseded_by is null then 'in_force'
        else 'superseded'
    end as status
from ordered
