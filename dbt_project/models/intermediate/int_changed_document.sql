-- The documents whose lines and quarantine are written anew: those of changed versions, and those without a form that
-- are new, gone or read by other code.
{% set last_built = as_last_built('dim_document') %}

with documents as (
    select
        document_id,
        code_version
    from {{ ref('stg_document') }}
),

built as (
    select
        document_id,
        code_version
    from {{ last_built or ref('stg_document') }}
    {{ 'where false' if not last_built }}
),

new as (
    select * from documents
    except
    select * from built
),

gone as (
    select * from built
    except
    select * from documents
)

select document_id from new
union
select document_id from gone
union
select document_id from {{ ref('int_changed_version') }}
