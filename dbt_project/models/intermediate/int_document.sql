-- One row for each document, numbered in the order of publication: a document without a printed date counts as published
-- on the day of its file. Nothing here knows the order of loading.
with documents as (
    select * from {{ ref('stg_document') }}
),

dated as (
    select
        document_id,
        file_name,
        modified_at,
        code_version,
        status,
        coalesce(published_on, cast(modified_at as date)) as published_on
    from documents
)

select
    document_id,
    published_on,
    code_version,
    status = 'withdrawn' as is_withdrawn,
    cast(row_number() over (order by published_on, modified_at, file_name, document_id) as integer) as document_no
from dated
