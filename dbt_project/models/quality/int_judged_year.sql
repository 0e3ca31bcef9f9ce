{{ config(
    materialized="view", schema="intermediate", database="work" if target.type == "duckdb" else none, tags="fixed"
) }}
-- One row a fiscal year with declarations that are judged anew, from which to which year they and those before them are,
-- and the lake's years in which they lie.
with

declaration as (

    select * from {{ ref("int_quality_declaration") }}

),

document as (

    select * from {{ ref("stg_document") }}

)

select
    coalesce(declaration.fiscal_year, 0) as fiscal_year,
    count(*) as declarations,
    least(declaration.fiscal_year, min(declaration.previous_fiscal_year)) as first_compared_year,
    declaration.fiscal_year as last_compared_year,
    min(document.fiscal_year) as first_lake_year,
    max(document.fiscal_year) as last_lake_year
from declaration
inner join document on declaration.document_id = document.document_id
group by declaration.fiscal_year
