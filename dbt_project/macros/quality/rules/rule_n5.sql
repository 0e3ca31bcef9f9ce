{#- N5: a printed amount is no number. -#}
{% macro rule_n5(rule, words) %}
{{ noticed(rule.parameters.codes, "An amount is not a number", "金额不是数字") }}
{% endmacro %}
