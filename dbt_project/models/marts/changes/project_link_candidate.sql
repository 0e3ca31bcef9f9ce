{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_since() }}"
) }}

-- Projects that went and projects that came the year after, in one place, with names alike: perhaps the same under another
-- code. An officer decides; what is decided goes into the seed project_link.
with projects as (
    select * from {{ ref('fct_project_change') }}
    where {{ since_touched('fiscal_year') }}
),

gone as (
    select
        project_id,
        fiscal_year,
        region_code,
        project_code,
        project_name,
        department_name,
        previous_total_yuan as total_yuan,
        {{ comparable('project_name') }} as name
    from projects
    where presence = 'gone' and project_name is not null
),

came as (
    select
        project_id,
        fiscal_year,
        region_code,
        project_code,
        project_name,
        department_name,
        total_yuan,
        {{ comparable('project_name') }} as name
    from projects
    where presence = 'new' and project_name is not null
),

-- The same name anywhere in the place; within a department also names that begin alike.
pairs as (
    select
        g.project_id,
        c.project_id as candidate_project_id,
        g.fiscal_year
    from gone as g
    inner join came as c
        on g.region_code is not distinct from c.region_code and g.fiscal_year = c.fiscal_year and g.name = c.name
    union
    select
        g.project_id,
        c.project_id as candidate_project_id,
        g.fiscal_year
    from gone as g
    inner join came as c
        on
            g.region_code is not distinct from c.region_code
            and g.fiscal_year = c.fiscal_year
            and g.department_name = c.department_name
            and substr(g.name, 1, 4) = substr(c.name, 1, 4)
),

likenesses as (
    select
        p.fiscal_year,
        g.region_code,
        g.project_id,
        p.candidate_project_id,
        g.project_code,
        c.project_code as candidate_project_code,
        g.project_name,
        c.project_name as candidate_project_name,
        g.department_name,
        c.department_name as candidate_department_name,
        g.total_yuan,
        c.total_yuan as candidate_total_yuan,
        {{ similarity('g.name', 'c.name') }} as name_similarity,
        coalesce(g.department_name = c.department_name, false) as is_same_department
    from pairs as p
    inner join gone as g on p.project_id = g.project_id and p.fiscal_year = g.fiscal_year
    inner join came as c on p.candidate_project_id = c.project_id and p.fiscal_year = c.fiscal_year
)

select
    fiscal_year,
    region_code,
    project_id,
    candidate_project_id,
    project_code,
    candidate_project_code,
    project_name,
    candidate_project_name,
    department_name,
    candidate_department_name,
    total_yuan,
    candidate_total_yuan,
    name_similarity,
    is_same_department
from likenesses
where name_similarity >= {{ var('least_similarity') }}
