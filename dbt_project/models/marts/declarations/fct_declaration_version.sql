{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('version_key', 'int_changed_version') }}"
) }}

-- Written after the facts: the next build compares the lake with it, and rewrites what differs (int_changed_version).
-- depends_on: {{ ref('fct_declaration') }}
-- depends_on: {{ ref('fct_project_funding') }}
-- depends_on: {{ ref('fct_indicator_target') }}
-- depends_on: {{ ref('fct_indicator_milestone') }}
-- depends_on: {{ ref('fct_indicator_result') }}
-- depends_on: {{ ref('fct_budget_execution') }}
-- depends_on: {{ ref('fct_superseded_indicator') }}
-- depends_on: {{ ref('fct_indicator_change') }}
-- depends_on: {{ ref('source_line') }}
-- depends_on: {{ ref('quarantine') }}
-- depends_on: {{ ref('dim_department') }}
-- depends_on: {{ ref('dim_implementing_unit') }}
-- depends_on: {{ ref('dim_project') }}
-- depends_on: {{ ref('fct_project_change') }}
-- depends_on: {{ ref('project_link_candidate') }}
-- depends_on: {{ ref('agg_indicator_target') }}
-- depends_on: {{ ref('agg_project_funding') }}
-- depends_on: {{ ref('agg_target_change') }}
-- depends_on: {{ ref('agg_source_line') }}
with versions as (
    select * from {{ ref('int_declaration_version') }}
    where version_key in (select t.version_key from {{ ref('int_changed_version') }} as t)
),

forms as (
    select * from {{ ref('stg_form') }}
)

select
    v.version_key,
    v.declaration_key,
    v.version_no,
    v.status,
    v.status = 'in_force' as is_in_force,
    v.superseded_by,
    v.published_on,
    v.form_type,
    v.fiscal_year,
    v.region_code,
    v.project_id,
    v.department_id,
    v.unit_id,
    v.project_code,
    f.project_name,
    f.total_yuan,
    f.indicator_count,
    v.document_id,
    v.form_no,
    f.table_no,
    f.line_start,
    f.line_end,
    v.code_version
from versions as v
inner join forms as f on v.document_id = f.document_id and v.form_no = f.form_no
