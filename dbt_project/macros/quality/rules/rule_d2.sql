{#- D2: a payout, coverage or completion rate with ≤. -#}
{% macro rule_d2(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" should be high, yet it has a ceiling: ', value_raw, '.') as message_en,
    concat_ws('', '“', content, '”应越高越好，却设了上限：', value_raw, '。') as message_zh
from indicator
where operator in ('<=', '<')
    and unit_dimension = 'ratio'
    and {{ matches("plain_content", words.reach_rate) }}
    and not {{ matches("plain_content", words.not_reach_rate ~ "|" ~ words.failure_rate ~ "|" ~ words.complaint) }}
{% endmacro %}
