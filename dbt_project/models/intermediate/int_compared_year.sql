{{ config(materialized='view', tags='fixed') }}

-- One row for each fiscal year whose declarations are compared with earlier ones, and the lake's years in which they lie.
with comparisons as (
    select * from {{ ref('int_comparison') }}
    where comparison = 'earlier_year'
),

declarations as (
    select * from {{ ref('int_declaration') }}
),

documents as (
    select * from {{ ref('stg_document') }}
),

lying as (
    select
        v.form_id,
        d.fiscal_year as lake_year
    from declarations as v
    inner join documents as d on v.document_id = d.document_id
)

select
    c.fiscal_year,
    count(*) as declarations,
    min(n.lake_year) as first_lake_year,
    max(n.lake_year) as last_lake_year,
    min(e.lake_year) as first_earlier_lake_year,
    max(e.lake_year) as last_earlier_lake_year
from comparisons as c
inner join lying as n on c.form_id = n.form_id
inner join lying as e on c.other_form_id = e.form_id
group by c.fiscal_year
