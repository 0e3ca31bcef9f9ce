{#- C3: no satisfaction indicator. -#}
{% macro rule_c3(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("indicator_count", "satisfaction_count") }},
    concat_ws('', 'None of the ', indicator_count, ' indicators is a satisfaction indicator.') as message_en,
    concat_ws('', '共', indicator_count, '项指标，没有满意度指标。') as message_zh
from declaration
where satisfaction_count = 0
{% endmacro %}
