-- What differs between the lake and what the warehouse was last built from: a version that is new, gone, read by other
-- code, of another declaration, or of another standing. With nothing built before, everything.
{% set last_built = as_last_built('fct_declaration_version') %}

with versions as (
    select
        version_key,
        declaration_key,
        version_no,
        status,
        superseded_by,
        published_on,
        document_id,
        fiscal_year,
        region_code,
        project_id,
        department_id,
        unit_id,
        code_version
    from {{ ref('int_declaration_version') }}
    where declaration_key in (select t.declaration_key from {{ ref('int_changed_declaration') }} as t)
),

built as (
    select
        version_key,
        declaration_key,
        version_no,
        status,
        superseded_by,
        published_on,
        document_id,
        fiscal_year,
        region_code,
        project_id,
        department_id,
        unit_id,
        code_version
    from {{ last_built or ref('int_declaration_version') }}
    where
        declaration_key in (select t.declaration_key from {{ ref('int_changed_declaration') }} as t)
        {{ 'and false' if not last_built }}
),

changed as (
    (
        select * from versions
        except
        select * from built
    )
    union all
    (
        select * from built
        except
        select * from versions
    )
)

select
    c.version_key,
    c.declaration_key,
    c.document_id,
    c.fiscal_year,
    c.project_id,
    c.department_id,
    c.unit_id,
    b.version_key is not null as is_built
from changed as c
left join built as b on c.version_key = b.version_key
