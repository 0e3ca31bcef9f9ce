with versions as (
    select * from {{ ref('int_declaration_version') }}
),

documents as (
    select * from {{ ref('stg_document') }}
),

years as (
    select fiscal_year from versions
    union
    select fiscal_year from documents
)

select
    fiscal_year,
    make_date(fiscal_year, 1, 1) as starts_on,
    make_date(fiscal_year, 12, 31) as ends_on
from years
where fiscal_year is not null
