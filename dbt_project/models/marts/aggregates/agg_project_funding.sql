{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_years('int_touched_declaration') }}"
) }}

-- fct_project_funding added up: years with a touched declaration are added up anew.
-- depends_on: {{ ref('int_touched_declaration') }}
with funding as (
    select * from {{ ref('fct_project_funding') }}
    where {{ in_years_of('int_touched_declaration', 'fiscal_year') }}
)

select
    fiscal_year,
    region_code,
    department_name,
    funding_source,
    cast(sum(amount_yuan) as decimal(18, 2)) as amount_yuan
from funding
group by fiscal_year, region_code, department_name, funding_source
