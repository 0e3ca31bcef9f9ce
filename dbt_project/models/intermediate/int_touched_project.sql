-- The projects whose history is written anew: those of changed versions, and all of a place that has declarations of a
-- year for the first time, or of a year no more.
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
),

built_years as (
    select distinct
        region_code,
        fiscal_year
    from built
),

places as (
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

touched as (
    select project_id from {{ ref('int_changed_version') }}
    union
    select v.project_id
    from versions as v
    inner join places as p on v.region_code is not distinct from p.region_code
),

known as (
    select distinct project_id from built
)

select
    t.project_id,
    k.project_id is not null as is_built
from touched as t
left join known as k on t.project_id = k.project_id
