{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_since('project_id') }}"
) }}

-- One row for each project and fiscal year in which it is declared, and one for the year after its last, where the place
-- has declarations of that year: it is gone. Of a touched project, those since its first touched year.
with histories as (
    select * from {{ ref('int_project_year') }}
),

changes as (
    {{ rows_where(
        'fct_indicator_change',
        since_touched('fiscal_year') ~ ' and project_id in (select t.project_id from ' ~ ref('int_touched_project') ~ ' as t)'
    ) }}
),

targets as (
    select
        declaration_key,
        count(*) filter (where target_change = 'tightened') as tightened,
        count(*) filter (where target_change = 'loosened') as loosened,
        count(*) filter (where target_change = 'unchanged') as unchanged,
        count(*) filter (where match_kind = 'new') as added,
        count(*) filter (where match_kind = 'dropped') as dropped
    from changes
    group by declaration_key
)

select
    h.project_id,
    h.fiscal_year,
    h.previous_fiscal_year,
    h.region_code,
    h.project_code,
    h.project_name,
    h.department_name,
    case
        when h.previous_year is null then 'first_year'
        when h.previous_fiscal_year is null then 'new'
        when h.previous_fiscal_year < h.previous_year then 'returned'
        else 'continued'
    end as presence,
    h.declaration_key,
    h.previous_declaration_key,
    h.total_yuan,
    h.previous_total_yuan,
    cast(h.total_yuan - h.previous_total_yuan as decimal(18, 2)) as total_change_yuan,
    {{ share_of('h.total_yuan - h.previous_total_yuan', 'h.previous_total_yuan') }} as total_change_share,
    h.previous_project_name is not null and h.project_name <> h.previous_project_name as is_renamed,
    h.previous_department_id is not null and h.department_id <> h.previous_department_id as is_moved,
    h.previous_project_attribute is not null
    and h.project_attribute <> h.previous_project_attribute as is_attribute_changed,
    h.previous_project_name,
    h.previous_department_name,
    cast(coalesce(t.tightened, 0) as integer) as targets_tightened,
    cast(coalesce(t.loosened, 0) as integer) as targets_loosened,
    cast(coalesce(t.unchanged, 0) as integer) as targets_unchanged,
    cast(coalesce(t.added, 0) as integer) as indicators_added,
    cast(coalesce(t.dropped, 0) as integer) as indicators_dropped
from histories as h
left join targets as t on h.declaration_key = t.declaration_key
where h.fiscal_year >= h.since
union all
select
    project_id,
    next_year as fiscal_year,
    fiscal_year as previous_fiscal_year,
    region_code,
    project_code,
    project_name,
    department_name,
    'gone' as presence,
    null as declaration_key,
    declaration_key as previous_declaration_key,
    null as total_yuan,
    total_yuan as previous_total_yuan,
    null as total_change_yuan,
    null as total_change_share,
    false as is_renamed,
    false as is_moved,
    false as is_attribute_changed,
    project_name as previous_project_name,
    department_name as previous_department_name,
    0 as targets_tightened,
    0 as targets_loosened,
    0 as targets_unchanged,
    0 as indicators_added,
    0 as indicators_dropped
from histories
where next_year >= since and (next_fiscal_year is null or next_fiscal_year > next_year)
order by fiscal_year
