{#- Q5: 数量指标 without a number. Blank and open targets are Q1; 每日 can be counted; a number that was not understood is N1. -#}
{% macro rule_q5(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'Quantity indicator "', content, '" has no number: "', value_raw, '".') as message_en,
    concat_ws('', '数量指标“', content, '”没有数值：“', value_raw, '”。') as message_zh
from indicator
where is_quantity
    and target_kind in ('qualitative', 'deadline')
    and not number_not_understood
{% endmacro %}
