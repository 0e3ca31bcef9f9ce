{#- C4: the only benefit aimed at is 可持续影响. -#}
{% macro rule_c4(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("benefit_count", "sustained_count") }},
    concat('All ', benefit_count, ' benefit indicators are about sustained impact (可持续影响).') as message_en,
    concat('效益指标共', benefit_count, '项，全部为可持续影响指标。') as message_zh
from declaration
where benefit_count = sustained_count and benefit_count > 0
{% endmacro %}
