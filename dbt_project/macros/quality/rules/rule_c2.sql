{#- C2: no benefit indicator. -#}
{% macro rule_c2(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("indicator_count", "benefit_count") }},
    concat_ws('', 'None of the ', indicator_count, ' indicators is a benefit indicator.') as message_en,
    concat_ws('', '共', indicator_count, '项指标，没有效益指标。') as message_zh
from declaration
where benefit_count = 0
{% endmacro %}
