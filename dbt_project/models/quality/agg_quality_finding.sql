{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail",
    pre_hook="{{ forget_years('int_judged_declaration') }}"
) }}
-- fct_quality_finding counted: years with a declaration judged anew are counted anew.
-- depends_on: {{ ref("int_judged_declaration") }}

with

finding as (

    select * from {{ ref("fct_quality_finding") }}
    where {{ in_judged_years("fiscal_year") }}

)

select
    fiscal_year,
    region_code,
    department_name,
    rule_id,
    severity,
    cast(count(*) as integer) as findings
from finding
group by fiscal_year, region_code, department_name, rule_id, severity
