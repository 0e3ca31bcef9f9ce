-- Written after the facts: it says what they were built from.
-- depends_on: {{ ref('int_printed_label') }}
-- depends_on: {{ ref('source_line') }}
-- depends_on: {{ ref('quarantine') }}
with documents as (
    select * from {{ ref('stg_document') }}
),

numbered as (
    select * from {{ ref('int_document') }}
)

select
    d.document_id,
    d.file_name,
    d.other_names,
    d.format,
    d.encoding,
    d.byte_size,
    d.fiscal_year,
    d.fiscal_year_from,
    d.folder_region,
    d.published_on,
    d.modified_at,
    n.loaded_at,
    d.status,
    d.line_count,
    d.form_count,
    d.code_version
from documents as d
inner join numbered as n on d.document_id = n.document_id
