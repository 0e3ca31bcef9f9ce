{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('project_id', 'int_changed_version', 'true') }}"
) }}

-- A project is its code within its place, or its name within the department and unit where no code is printed; the
-- reviewed seed project_link joins what changed its code. A year's attributes are those of its declaration.
with declarations as (
    select * from {{ ref('fct_declaration') }}
    where project_id in (select t.project_id from {{ ref('int_changed_version') }} as t)
),

ranked as (
    select
        project_id,
        fiscal_year,
        project_code,
        project_name,
        project_attribute,
        library_year,
        region_code,
        department_code,
        department_name,
        unit_name,
        row_number() over (
            partition by project_id, fiscal_year
            order by case form_type when 'declaration' then 1 when 'regional' then 2 else 3 end, declaration_key
        ) as place
    from declarations
    -- Forms of whole departments name no project.
    where coalesce(project_code, project_name) is not null and fiscal_year is not null
),

yearly as (
    select
        project_id,
        fiscal_year,
        project_code,
        project_name,
        project_attribute,
        library_year,
        region_code,
        department_code,
        department_name,
        unit_name
    from ranked
    where place = 1
),

{{ versions('yearly', 'project_id', [
    'project_code', 'project_name', 'project_attribute', 'library_year',
    'region_code', 'department_code', 'department_name', 'unit_name',
]) }}

select
    {{ surrogate_key(['project_id', 'valid_from_year']) }} as project_key,
    project_id,
    project_code,
    project_name,
    project_attribute,
    library_year,
    region_code,
    department_code,
    department_name,
    unit_name,
    valid_from_year,
    valid_to_year,
    last_declared_year,
    is_current
from versions
