{#- T3: a calendar deadline outside 时效. -#}
{% macro rule_t3(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level1", "level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" stands under ', level2, ', its target is a date: ', value_raw, '.') as message_en,
    concat_ws('', '“', content, '”列在', level2, '下，指标值却是日期：', value_raw, '。') as message_zh
from indicator
where target_kind = 'deadline' and not is_timeliness
{% endmacro %}
