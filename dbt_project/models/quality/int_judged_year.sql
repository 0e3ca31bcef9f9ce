{{ config(
    materialized="view", schema="intermediate", database="work" if target.type == "duckdb" else none, tags="fixed"
) }}
-- One row a fiscal year with declarations that are judged anew, from which to which year they and those before them are,
-- and the lake's years in which they lie.
with

judged as (

    select * from {{ ref("int_judged_declaration") }}

),

declaration as (

    select * from {{ ref("fct_declaration") }}

),

project_change as (

    select * from {{ ref("fct_project_change") }}

),

document as (

    select * from {{ ref("stg_document") }}

)

select
    coalesce(declaration.fiscal_year, 0) as fiscal_year,
    count(*) as declarations,
    least(declaration.fiscal_year, min(project_change.previous_fiscal_year)) as first_compared_year,
    declaration.fiscal_year as last_compared_year,
    min(document.fiscal_year) as first_lake_year,
    max(document.fiscal_year) as last_lake_year
from judged
inner join declaration on judged.declaration_key = declaration.declaration_key
inner join document on declaration.document_id = document.document_id
left join project_change on judged.declaration_key = project_change.declaration_key
group by declaration.fiscal_year
