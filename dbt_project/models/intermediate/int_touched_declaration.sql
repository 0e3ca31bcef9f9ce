-- The declarations that are written anew: those with a changed version, and the same project's other declarations of that
-- year and the years after, which are compared with them.
with changed as (
    select * from {{ ref('int_changed_version') }}
),

versions as (
    select * from {{ ref('int_declaration_version') }}
),

since as (
    select
        project_id,
        min(fiscal_year) as fiscal_year
    from changed
    group by project_id
)

select declaration_key from changed
union
select v.declaration_key
from versions as v
inner join since as s on v.project_id = s.project_id and v.fiscal_year >= s.fiscal_year
