{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('department_id', 'int_changed_version', 'true') }}"
) }}

-- A department is its code within its place, or its name where no code is printed; each year's name is the one that most
-- declarations print.
with declarations as (
    select * from {{ ref('fct_declaration') }}
    where department_id in (select t.department_id from {{ ref('int_changed_version') }} as t)
),

counted as (
    select
        department_id,
        fiscal_year,
        region_code,
        department_code,
        department_name,
        count(*) as declarations
    from declarations
    where department_id is not null and fiscal_year is not null
    group by department_id, fiscal_year, region_code, department_code, department_name
),

ranked as (
    select
        department_id,
        fiscal_year,
        region_code,
        department_code,
        department_name,
        row_number() over (
            partition by department_id, fiscal_year order by declarations desc, department_name asc
        ) as place
    from counted
),

yearly as (
    select
        department_id,
        fiscal_year,
        region_code,
        department_code,
        department_name
    from ranked
    where place = 1
),

{{ versions('yearly', 'department_id', ['region_code', 'department_code', 'department_name']) }}

select
    {{ surrogate_key(['department_id', 'valid_from_year']) }} as department_key,
    department_id,
    region_code,
    department_code,
    department_name,
    valid_from_year,
    valid_to_year,
    last_declared_year,
    is_current
from versions
