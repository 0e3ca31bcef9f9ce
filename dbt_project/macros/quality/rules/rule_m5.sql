{#- M5: the budget restated as an output quantity. -#}
{% macro rule_m5(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "total_yuan") }},
    concat_ws('', 'Output "', content, '" is the budget itself: ', value_raw, '.') as message_en,
    concat_ws('', '数量指标“', content, '”只是重复预算金额：', value_raw, '。') as message_zh
from indicator
where is_quantity and base_unit = '元' and base_value = total_yuan
{% endmacro %}
