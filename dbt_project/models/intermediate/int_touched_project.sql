-- The projects whose history is written anew, and the year since which it is: those of changed versions, and all of a place
-- that has declarations of a year for the first time, or of a year no more. What was before stays; what is written anew is
-- compared with the project's years from `compared_from` on.
{% set last_built = as_last_built('fct_declaration_version') %}

with versions as (
    select * from {{ ref('int_declaration_version') }}
    where status = 'in_force'
),

built as (
    select * from {{ last_built or ref('int_declaration_version') }}
    where status = 'in_force' {{ 'and false' if not last_built }}
),

years as (
    select distinct
        region_code,
        fiscal_year
    from versions
    where form_type <> 'whole_department'
),

built_years as (
    select distinct
        region_code,
        fiscal_year
    from built
    where form_type <> 'whole_department'
),

changed_years as (
    (
        select * from years
        except
        select * from built_years
    )
    union
    (
        select * from built_years
        except
        select * from years
    )
),

places as (
    select
        region_code,
        min(fiscal_year) as fiscal_year
    from changed_years
    group by region_code
),

touched as (
    select
        project_id,
        fiscal_year
    from {{ ref('int_changed_version') }}
    union all
    select
        v.project_id,
        p.fiscal_year
    from versions as v
    inner join places as p on v.region_code is not distinct from p.region_code
),

known as (
    select distinct project_id from built
),

histories as (
    select
        t.project_id,
        min(t.fiscal_year) as since,
        count(k.project_id) > 0 as is_built
    from touched as t
    left join known as k on t.project_id = k.project_id
    group by t.project_id
),

-- Not after the last year before, whatever kinds of forms are compared.
last_before as (
    select
        v.project_id,
        v.form_type,
        max(v.fiscal_year) as fiscal_year
    from versions as v
    inner join histories as h on v.project_id = h.project_id and v.fiscal_year < h.since
    group by v.project_id, v.form_type
),

compared as (
    select
        project_id,
        min(fiscal_year) as fiscal_year
    from last_before
    group by project_id
)

select
    h.project_id,
    h.since,
    coalesce(c.fiscal_year, h.since) as compared_from,
    h.is_built
from histories as h
left join compared as c on h.project_id = c.project_id
