{#- N7: a weight or score is no number. -#}
{% macro rule_n7(rule, words) %}
{{ noticed(rule.parameters.codes, "A weight, a score or a rate is not a number", "分值、得分或执行率不是数字") }}
{% endmacro %}
