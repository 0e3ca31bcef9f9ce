{{ config(materialized="table", schema="intermediate", database="work" if target.type == "duckdb" else none) }}
-- What several projects of a place and year declare in the same words with the same target, of the years with touched
-- declarations: by repeat_id of int_quality_indicator.
{%- set rule = quality_rules() | selectattr("rule_id", "equalto", "B1") | first %}

with

indicator as (

    select * from {{ ref("int_quality_indicator") }}
    where form_type = 'declaration' and target_kind is not null and {{ in_years_of("int_touched_declaration", "fiscal_year") }}

),

-- In two steps of numbers: a set of keys for each of many millions of targets would not spill.
declared as (

    select distinct
        repeat_id,
        {{ fingerprint("declaration_key") }} as declaration_id
    from indicator

),

counted as (

    select
        repeat_id,
        count(*) as project_count
    from declared
    group by repeat_id

)

select
    repeat_id,
    {{ about("project_count") }} as project_count
from counted
where project_count >= {{ rule.parameters.projects if execute else 2 }}
