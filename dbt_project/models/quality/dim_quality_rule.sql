-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized="table", tags="fixed") }}
-- The rules as dim_quality_rule.yml words them, with what a hit weighs in the score.
{%- set columns = [
    "rule_id", "severity", "dimension", "title_en", "title_zh", "description_en", "description_zh", "remedy_en",
    "remedy_zh", "basis"
] %}
{%- set weights = {"error": 5, "warning": 3, "info": 1} %}
{%- for rule in quality_rules() %}

select
    {%- for column in columns %}
    {{ dbt.string_literal(dbt.escape_single_quotes(rule[column])) }} as {{ column }},
    {%- endfor %}
    {{ dbt.string_literal(rule.applies_to | join(", ")) }} as applies_to,
    cast({{ weights[rule.severity] }} as integer) as weight
{{ "union all" if not loop.last }}
{%- endfor %}
