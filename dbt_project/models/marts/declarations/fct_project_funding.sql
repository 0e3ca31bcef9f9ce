{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook='{{ forget_touched_declarations() }}'
) }}

-- A source printed on several lines is added up; one with blank cells only stays NULL. The money of the year and of the
-- whole project stand side by side, never in one sum.
with declarations as (
    select * from {{ ref('int_declaration') }}
),

funding as (
    select * from {{ ref('stg_funding') }}
)

select
    d.declaration_key,
    d.fiscal_year,
    d.project_code,
    f.funding_source,
    cast(sum(case when f.scope = 'annual' then f.amount_yuan end) as decimal(18, 2)) as amount_yuan,
    cast(sum(case when f.scope = 'whole_project' then f.amount_yuan end) as decimal(18, 2)) as whole_project_amount_yuan,
    min(f.label) as label,
    cast(count(*) as integer) as line_count,
    d.document_id,
    min(f.table_no) as table_no,
    min(f.line_no) as line_no
from declarations as d
inner join funding as f on d.document_id = f.document_id and d.form_no = f.form_no
where d.status = 'in_force'
group by d.declaration_key, d.fiscal_year, d.project_code, d.document_id, f.funding_source
