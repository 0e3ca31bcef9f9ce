-- The documents whose lines and quarantine are written anew: those of changed versions, and those without a form that
-- are new, gone or read by other code.
-- depends_on: {{ ref('int_changed_version') }}
{% set last_built = as_last_built('dim_document') %}

with documents as (
    select * from {{ ref('stg_document') }}
)
{%- if last_built %},

built as (
    select * from {{ last_built }}
)

select document_id from {{ ref('int_changed_version') }}
union
(select document_id from (select document_id, code_version from documents except select document_id, code_version from built) as new)
union
(select document_id from (select document_id, code_version from built except select document_id, code_version from documents) as gone)
{%- else %}

select document_id from documents
{%- endif %}
