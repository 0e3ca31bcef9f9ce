-- The lake's years whose files hold what is written anew (is_written), or what that is compared with; others need not be read.
{% set last_built = as_last_built('dim_document') %}

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

-- Where a changed document lies, and where it lay.
documents as (
    select
        document_id,
        fiscal_year
    from {{ ref('stg_document') }}
    union
    select
        document_id,
        fiscal_year
    from {{ last_built or ref('stg_document') }}
),

needed as (
    select
        document_id,
        1 as written
    from touched
    union
    select
        document_id,
        1 as written
    from changed
    union
    select
        v.document_id,
        0 as written
    from versions as v
    inner join comparisons as c on v.declaration_key = c.other_declaration_key
)

select
    d.fiscal_year as lake_year,
    max(n.written) = 1 as is_written
from documents as d
inner join needed as n on d.document_id = n.document_id
group by d.fiscal_year
