{{ config(materialized='view', tags='fixed') }}

-- One row for each touched project and fiscal year in which it is declared, beside its declaration before, from the year before
-- `since` on, since which its history is written anew; `previous_year` and `next_year` are those that the place has
-- declarations of.
with touched as (
    select * from {{ ref('int_touched_project') }}
),

declarations as (
    select
        d.*,
        t.since
    from {{ ref('fct_declaration') }} as d
    inner join touched as t on d.project_id = t.project_id and d.fiscal_year >= t.compared_from
),

-- Forms of whole departments name no project.
every as (
    select * from {{ ref('fct_declaration') }}
    where coalesce(project_code, project_name) is not null and fiscal_year is not null
),

ranked as (
    select
        declaration_key,
        project_id,
        fiscal_year,
        region_code,
        project_code,
        project_name,
        department_id,
        department_name,
        project_attribute,
        total_yuan,
        since,
        row_number() over (
            partition by project_id, fiscal_year
            order by case form_type when 'declaration' then 1 when 'regional' then 2 else 3 end, declaration_key
        ) as place
    from declarations
    where coalesce(project_code, project_name) is not null and fiscal_year is not null
),

years as (
    select
        coalesce(region_code, '') as place,
        fiscal_year,
        lag(fiscal_year) over (partition by coalesce(region_code, '') order by fiscal_year) as previous_year,
        lead(fiscal_year) over (partition by coalesce(region_code, '') order by fiscal_year) as next_year
    from every
    group by coalesce(region_code, ''), fiscal_year
)

select
    r.declaration_key,
    r.project_id,
    r.fiscal_year,
    r.region_code,
    r.project_code,
    r.project_name,
    r.department_id,
    r.department_name,
    r.project_attribute,
    r.total_yuan,
    r.since,
    y.previous_year,
    y.next_year,
    lag(r.declaration_key) over history as previous_declaration_key,
    lag(r.fiscal_year) over history as previous_fiscal_year,
    lag(r.project_name) over history as previous_project_name,
    lag(r.department_id) over history as previous_department_id,
    lag(r.department_name) over history as previous_department_name,
    lag(r.project_attribute) over history as previous_project_attribute,
    lag(r.total_yuan) over history as previous_total_yuan,
    lead(r.fiscal_year) over history as next_fiscal_year
from ranked as r
inner join years as y on coalesce(r.region_code, '') = y.place and r.fiscal_year = y.fiscal_year
where r.place = 1
window history as (partition by r.project_id order by r.fiscal_year)
