-- sqlfluff:indentation:template_blocks_indent:false
{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail",
    pre_hook="{{ forget_judged() }}", meta={"year_by_year": "int_judged_year"}
) }}
-- One row a declaration and rule: hit, passed, not_applicable or not_enough_data.
-- depends_on: {{ ref("int_judged_declaration") }}
-- depends_on: {{ ref("int_judged_year") }}
{%- set ids, outcomes = [], [] %}
{%- for rule in quality_rules() %}
{%- do ids.append("'" ~ rule.rule_id ~ "'") %}
{%- set outcome %}
    case
        when not ({{ rule_applies(rule) }}) then 'not_applicable'
        when not ({{ rule_has_data(rule) }}) then 'not_enough_data'
        when coalesce(array_contains(hits.rule_ids, '{{ rule.rule_id }}'), false) then 'hit'
        else 'passed'
    end
{%- endset %}
{%- do outcomes.append(outcome) %}
{%- endfor %}

with

declaration as (

    select * from {{ ref("int_quality_declaration") }}
    where {{ of_the_year("fiscal_year") }}

),

hits as (

    select
        declaration_key,
        array_agg(distinct rule_id) as rule_ids
    from {{ ref("fct_quality_finding") }}
    where
        {{ in_judged_years("fiscal_year") }} and {{ of_the_year("fiscal_year") }}
        and {{ "declaration_key in (select declaration.declaration_key from declaration)" if is_incremental() else "true" }}
    group by declaration_key

)

select
    declaration.declaration_key,
    declaration.fiscal_year,
    {{ as_rows({"rule_id": ids, "outcome": outcomes}) }}
from declaration
left join hits on declaration.declaration_key = hits.declaration_key
