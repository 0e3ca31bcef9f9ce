-- sqlfluff:indentation:template_blocks_indent:false
{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail",
    pre_hook="{{ forget_declarations_judged_anew() }}"
) }}
-- One row a declaration and rule: hit, passed, not_applicable or not_enough_data.
-- depends_on: {{ ref("int_changed_version") }}
-- depends_on: {{ ref("int_touched_declaration") }}
{%- set rules = quality_rules() %}

with

declaration as (

    select * from {{ ref("int_quality_declaration") }}

),

hits as (

    select
        declaration_key,
        list(distinct rule_id) as rule_ids
    from {{ ref("fct_quality_finding") }}
    group by declaration_key

)

select
    declaration.declaration_key,
    declaration.fiscal_year,
    unnest([
        {%- for rule in rules %}
        '{{ rule.rule_id }}'{{ "," if not loop.last }}
        {%- endfor %}
    ]) as rule_id,
    unnest([
        {%- for rule in rules %}
        case
            when not ({{ rule_applies(rule) }}) then 'not_applicable'
            when not ({{ rule_has_data(rule) }}) then 'not_enough_data'
            when coalesce(list_contains(hits.rule_ids, '{{ rule.rule_id }}'), false) then 'hit'
            else 'passed'
        end{{ "," if not loop.last }}
        {%- endfor %}
    ]) as outcome
from declaration
left join hits on declaration.declaration_key = hits.declaration_key
