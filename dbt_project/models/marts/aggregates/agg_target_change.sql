{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_years('int_touched_declaration') }}"
) }}

-- fct_indicator_change counted, as far as targets could be compared: years with a touched declaration are counted anew.
-- depends_on: {{ ref('int_touched_declaration') }}
with changes as (
    select * from {{ ref('fct_indicator_change') }}
    where target_change is not null and {{ in_years_of('int_touched_declaration', 'fiscal_year') }}
),

declarations as (
    select * from {{ ref('fct_declaration') }}
    where {{ in_years_of('int_touched_declaration', 'fiscal_year') }}
),

counted as (
    select
        declaration_key,
        target_change,
        count(*) as targets
    from changes
    group by declaration_key, target_change
)

select
    d.fiscal_year,
    d.region_code,
    d.department_name,
    c.target_change,
    cast(sum(c.targets) as integer) as targets
from counted as c
inner join declarations as d on c.declaration_key = d.declaration_key
group by d.fiscal_year, d.region_code, d.department_name, c.target_change
