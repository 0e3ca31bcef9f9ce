-- What differs between the lake and what the warehouse was last built from: a version that is new, gone, read by other
-- code, of another declaration, or of another standing. With nothing built before, everything.
{% set last_built = as_last_built('fct_declaration_version') %}

with versions as (
    select * from {{ ref('int_declaration_version') }}
)
{%- if last_built %},

built as (
    select * from {{ last_built }}
),

compared as (
    select version_key, document_id, declaration_key, project_id, fiscal_year, code_version, status from versions
    except
    select version_key, document_id, declaration_key, project_id, fiscal_year, code_version, status from built
),

missing as (
    select version_key, document_id, declaration_key, project_id, fiscal_year, code_version, status from built
    except
    select version_key, document_id, declaration_key, project_id, fiscal_year, code_version, status from versions
)

select version_key, document_id, declaration_key, project_id, fiscal_year from compared
union all
select version_key, document_id, declaration_key, project_id, fiscal_year from missing
{%- else %}

select version_key, document_id, declaration_key, project_id, fiscal_year from versions
{%- endif %}
