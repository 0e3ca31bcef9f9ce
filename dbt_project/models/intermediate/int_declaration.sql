-- One row for each version of a touched declaration: what ties the lake's rows to the facts, by form_id.
with versions as (
    select * from {{ ref('int_declaration_version') }}
),

touched as (
    select * from {{ ref('int_touched_declaration') }}
),

documents as (
    select * from {{ ref('int_document') }}
)

select
    {{ form_id('d.document_no', 'v.form_no') }} as form_id,
    v.document_id,
    v.form_no,
    v.version_key,
    v.declaration_key,
    v.fiscal_year,
    v.form_type,
    v.region_code,
    v.project_id,
    v.project_code,
    v.project_name,
    v.department_id,
    v.department_name,
    v.unit_id,
    v.status
from versions as v
inner join touched as t on v.declaration_key = t.declaration_key
inner join documents as d on v.document_id = d.document_id
