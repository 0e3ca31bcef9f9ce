{#- N1: a number stands in the target, and the reader could not say what it means. -#}
{% macro rule_n1(rule, words) %}
{{ noticed(rule.parameters.codes, "The number in a target was not understood", "指标值中的数字未能理解") }}
{% endmacro %}
