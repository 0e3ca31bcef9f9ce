{#- Q4: a yes/no question as indicator, or an indicator that yes answers. -#}
{% macro rule_q4(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" is answered by "', value_raw, '": a yes/no question, not a level.') as message_en,
    concat_ws('', '指标“', content, '”以“', value_raw, '”作答，是判断题，没有目标水平。') as message_zh
from indicator
where target_kind = 'qualitative'
    and ({{ matches("content", words.yes_no_question) }} or {{ is_one_of("plain_value", words.yes_no_answer) }})
{% endmacro %}
