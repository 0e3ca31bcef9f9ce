{#- N2: the document contradicts itself or its folder about the fiscal year. -#}
{% macro rule_n2(rule, words) %}
{{ noticed(rule.parameters.codes, "Contradictory fiscal years", "预算年度前后矛盾") }}
{% endmacro %}
