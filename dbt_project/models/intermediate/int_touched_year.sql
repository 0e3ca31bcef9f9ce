-- The lake's years whose files hold what is written anew, or what that is compared with; others need not be read.
with touched as (
    select * from {{ ref('int_declaration') }}
),

comparisons as (
    select * from {{ ref('int_comparison') }}
),

versions as (
    select * from {{ ref('int_declaration_version') }}
),

changed as (
    select * from {{ ref('int_changed_document') }}
),

documents as (
    select * from {{ ref('stg_document') }}
),

needed as (
    select document_id from touched
    union
    select document_id from changed
    union
    select v.document_id
    from versions as v
    inner join comparisons as c on v.declaration_key = c.other_declaration_key
)

select distinct d.fiscal_year as lake_year
from documents as d
inner join needed as n on d.document_id = n.document_id
