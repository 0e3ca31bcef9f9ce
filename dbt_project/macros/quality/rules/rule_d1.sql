{#- D1: satisfaction with ≤ or <: a ceiling where a floor is meant. Complaints are rightly capped, and so is what is counted: satisfaction is not. -#}
{% macro rule_d1(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'Satisfaction "', content, '" has a ceiling instead of a floor: ', value_raw, '.') as message_en,
    concat_ws('', '满意度“', content, '”设的是上限而非下限：', value_raw, '。') as message_zh
from indicator
where is_satisfaction
    and operator in ('<=', '<')
    and not is_counted
    and not {{ matches("concat(content, value_raw)", words.complaint) }}
{% endmacro %}
