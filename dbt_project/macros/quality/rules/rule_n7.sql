{#- N7: a weight or score is no number. -#}
{% macro rule_n7(rule, words) %}
{{ noticed(rule.parameters.codes, "A weight or score is not a number", "分值或得分不是数字") }}
{% endmacro %}
