{#- D4: a failure or overdue rate with ≥. -#}
{% macro rule_d4(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" should be low, yet it has a floor: ', value_raw, '.') as message_en,
    concat_ws('', '“', content, '”应越低越好，却设了下限：', value_raw, '。') as message_zh
from indicator
where operator in ('>=', '>')
    and unit_dimension = 'ratio'
    and {{ matches("plain_content", words.failure_rate) }}
    and not {{ matches("plain_content", words.not_failure_rate) }}
{% endmacro %}
