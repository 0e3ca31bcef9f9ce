-- One row for each document, numbered in the order of publication: a document without a printed date counts as published
-- on the day of its file. Nothing of that knows the order of loading; when it was first built (`loaded_at`) stands beside it.
{% set last_built = as_last_built('dim_document') %}

with documents as (
    select * from {{ ref('stg_document') }}
),

built as (
    select
        document_id,
        {{ 'loaded_at' if last_built else 'cast(null as timestamp) as loaded_at' }}
    from {{ last_built or ref('stg_document') }}
    {{ 'where false' if not last_built }}
),

dated as (
    select
        d.document_id,
        d.file_name,
        d.modified_at,
        d.code_version,
        d.status,
        coalesce(d.published_on, cast(d.modified_at as date)) as published_on,
        coalesce(b.loaded_at, cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)) as loaded_at
    from documents as d
    left join built as b on d.document_id = b.document_id
)

select
    document_id,
    published_on,
    loaded_at,
    code_version,
    status = 'withdrawn' as is_withdrawn,
    cast(row_number() over (order by published_on, modified_at, file_name, document_id) as integer) as document_no
from dated
