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
    {{ 'where false' if not last_built }}
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
    version_key,
    declaration_key,
    document_id,
    fiscal_year,
    project_id,
    department_id,
    unit_id
from changed
