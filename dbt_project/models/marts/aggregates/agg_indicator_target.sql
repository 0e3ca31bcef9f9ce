{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_years('int_touched_declaration') }}"
) }}

-- fct_indicator_target counted: years with a touched declaration are counted anew.
-- depends_on: {{ ref('int_touched_declaration') }}
with targets as (
    select * from {{ ref('fct_indicator_target') }}
    where {{ in_years_of('int_touched_declaration', 'fiscal_year') }}
)

select
    fiscal_year,
    region_code,
    department_name,
    category_key,
    target_kind,
    cast(count(*) as integer) as indicators
from targets
group by fiscal_year, region_code, department_name, category_key, target_kind
