{#- Q7: no benefit indicator has a number. -#}
{% macro rule_q7(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("benefit_count", "numeric_benefit_count") }},
    concat('None of the ', benefit_count, ' benefit indicators has a number.') as message_en,
    concat('效益指标共', benefit_count, '项，没有一项有数值。') as message_zh
from declaration
where benefit_count > 0 and numeric_benefit_count = 0
{% endmacro %}
