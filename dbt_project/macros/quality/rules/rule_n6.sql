{#- N6: nothing says whether the money is in 元 or 万元, so no amount was taken over. -#}
{% macro rule_n6(rule, words) %}
{{ noticed(rule.parameters.codes, "No unit of money is printed", "未注明金额单位") }}
{% endmacro %}
