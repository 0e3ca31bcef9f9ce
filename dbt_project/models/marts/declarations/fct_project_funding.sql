{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}

-- A source printed on several lines is added up; one with blank cells only stays NULL. The money of the year and of the
-- whole project stand side by side, never in one sum.
with funding as (
    select * from {{ ref('stg_funding') }}
    where {{ in_written_years('lake_year') }}
),

documents as (
    select * from {{ ref('int_document') }}
),

declarations as (
    select * from {{ ref('int_declaration') }}
    where status = 'in_force'
),

sources as (
    select
        {{ form_id('p.document_no', 'f.form_no') }} as form_id,
        f.funding_source,
        sum(case when f.scope = 'annual' then f.amount_yuan end) as amount_yuan,
        sum(case when f.scope = 'whole_project' then f.amount_yuan end) as whole_project_amount_yuan,
        min(f.label) as label,
        count(*) as line_count,
        min(f.table_no) as table_no,
        min(f.line_no) as line_no
    from funding as f
    inner join documents as p on f.document_id = p.document_id
    group by {{ form_id('p.document_no', 'f.form_no') }}, f.funding_source
)

select
    d.declaration_key,
    d.fiscal_year,
    d.region_code,
    d.department_name,
    d.project_code,
    d.project_name,
    s.funding_source,
    cast(s.amount_yuan as decimal(18, 2)) as amount_yuan,
    cast(s.whole_project_amount_yuan as decimal(18, 2)) as whole_project_amount_yuan,
    s.label,
    cast(s.line_count as integer) as line_count,
    d.document_id,
    s.table_no,
    s.line_no
from sources as s
inner join declarations as d on s.form_id = d.form_id
