{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('document_id', 'int_changed_document') }}"
) }}

-- source_line counted: changed documents are counted anew.
with lines as (
    select * from {{ ref('stg_source_line') }}
    where {{ in_written_years('lake_year') }}
),

changed as (
    select * from {{ ref('int_changed_document') }}
)

select
    l.document_id,
    l.disposition,
    cast(count(*) as integer) as lines
from lines as l
inner join changed as c on l.document_id = c.document_id
group by l.document_id, l.disposition
