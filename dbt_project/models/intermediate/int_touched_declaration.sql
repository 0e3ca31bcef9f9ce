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
    select * from {{ last_built or ref('int_declaration_version') }}
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
    declaration_key,
    fiscal_year,
    declaration_key in (select b.declaration_key from built as b) as is_built
from touched
