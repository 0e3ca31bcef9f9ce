-- What differs between the lake and what the warehouse was last built from: a version that is new, gone, read by other
-- code, of another declaration, or of another standing. With nothing built before, everything.
{% set last_built = as_last_built('fct_declaration_version') %}

with versions as (
    select
        version_key,
        document_id,
        declaration_key,
        project_id,
        fiscal_year,
        code_version,
        status
    from {{ ref('int_declaration_version') }}
),

built as (
    select
        version_key,
        document_id,
        declaration_key,
        project_id,
        fiscal_year,
        code_version,
        status
    from {{ last_built or ref('int_declaration_version') }}
    {{ 'where false' if not last_built }}
),

new as (
    select * from versions
    except
    select * from built
),

gone as (
    select * from built
    except
    select * from versions
)

select
    version_key,
    document_id,
    declaration_key,
    project_id,
    fiscal_year
from new
union all
select
    version_key,
    document_id,
    declaration_key,
    project_id,
    fiscal_year
from gone
