{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('document_id', 'int_changed_document') }}"
) }}

with lines as (
    select * from {{ ref('stg_source_line') }}
    where {{ in_written_years('lake_year') }}
),

changed as (
    select * from {{ ref('int_changed_document') }}
),

versions as (
    select * from {{ ref('int_declaration_version') }}
    where document_id in (select t.document_id from {{ ref('int_changed_document') }} as t)
)

select
    l.document_id,
    l.table_no,
    l.line_no,
    l.place,
    l.raw_text,
    l.disposition,
    v.declaration_key,
    v.version_key,
    l.correction_id
from lines as l
inner join changed as c on l.document_id = c.document_id
left join versions as v on l.document_id = v.document_id and l.form_no = v.form_no
