{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('unit_id', 'int_changed_version', 'true') }}"
) }}

with declarations as (
    select * from {{ ref('fct_declaration') }}
    where unit_id in (select t.unit_id from {{ ref('int_changed_version') }} as t)
),

counted as (
    select
        unit_id,
        fiscal_year,
        region_code,
        unit_code,
        unit_name,
        department_code,
        department_name,
        count(*) as declarations
    from declarations
    where unit_id is not null and fiscal_year is not null
    group by unit_id, fiscal_year, region_code, unit_code, unit_name, department_code, department_name
),

ranked as (
    select
        unit_id,
        fiscal_year,
        region_code,
        unit_code,
        unit_name,
        department_code,
        department_name,
        row_number() over (
            partition by unit_id, fiscal_year
            order by declarations desc, unit_name asc, department_code asc, department_name asc
        ) as place
    from counted
),

yearly as (
    select
        unit_id,
        fiscal_year,
        region_code,
        unit_code,
        unit_name,
        department_code,
        department_name
    from ranked
    where place = 1
),

{{ versions('yearly', 'unit_id', ['region_code', 'unit_code', 'unit_name', 'department_code', 'department_name']) }}

select
    {{ surrogate_key(['unit_id', 'valid_from_year']) }} as unit_key,
    unit_id,
    region_code,
    unit_code,
    unit_name,
    department_code,
    department_name,
    valid_from_year,
    valid_to_year,
    last_declared_year,
    is_current
from versions
