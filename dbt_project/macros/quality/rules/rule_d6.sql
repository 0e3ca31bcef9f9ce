{#- D6: an operator printed before a date. -#}
{% macro rule_d6(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" is due on a date; the operator in "', value_raw, '" says nothing.') as message_en,
    concat_ws('', '“', content, '”的目标是日期，“', value_raw, '”中的运算符没有意义。') as message_zh
from indicator
where target_kind in ('deadline', 'milestones')
    and {{ begins_with("value_raw", "[=≥≤<>＞＜＝≧≦]") }}
{% endmacro %}
