-- The declarations that are written anew: those with a changed version, and the same project's other declarations of that
-- year and the years after, which are compared with them.
{% set last_built = as_last_built('fct_declaration_version') %}

with changed as (
    select * from {{ ref('int_changed_version') }}
),

versions as (
    select * from {{ ref('int_declaration_version') }}
),

built as (
    select distinct declaration_key from {{ last_built or ref('int_declaration_version') }}
    {{ 'where false' if not last_built }}
),

since as (
    select
        project_id,
        min(fiscal_year) as fiscal_year
    from changed
    group by project_id
),

touched as (
    select
        declaration_key,
        fiscal_year
    from changed
    union
    select
        v.declaration_key,
        v.fiscal_year
    from versions as v
    inner join since as s on v.project_id = s.project_id and v.fiscal_year >= s.fiscal_year
)

select
    t.declaration_key,
    t.fiscal_year,
    b.declaration_key is not null as is_built
from touched as t
left join built as b on t.declaration_key = b.declaration_key
