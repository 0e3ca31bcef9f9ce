{#- N3: a printed total is no number, so there is no budget to hold anything against. -#}
{% macro rule_n3(rule, words) %}
{{ noticed(rule.parameters.codes, "The total is not a number", "资金总额不是数字") }}
{% endmacro %}
