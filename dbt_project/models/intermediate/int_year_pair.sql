{{ config(materialized='view', tags='fixed') }}

-- One row for each touched declaration and the project's last one before it.
with comparisons as (
    select * from {{ ref('int_comparison') }}
),

declarations as (
    select * from {{ ref('int_declaration') }}
)

select
    c.form_id,
    c.declaration_key,
    c.fiscal_year,
    c.other_form_id as previous_form_id,
    c.other_declaration_key as previous_declaration_key,
    c.other_fiscal_year as previous_fiscal_year,
    d.region_code,
    d.project_id,
    d.project_code
from comparisons as c
inner join declarations as d on c.form_id = d.form_id
where c.comparison = 'earlier_year'
