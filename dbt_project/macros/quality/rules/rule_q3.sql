{#- Q3: a grade word without a scale in 数量 质量 时效 成本. -#}
{% macro rule_q3(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', level2, ' "', content, '" is to be "', value_raw, '", and no scale says what that is.') as message_en,
    concat_ws('', level2, '“', content, '”的目标为“', value_raw, '”，没有评分标准。') as message_zh
from indicator
where target_kind = 'qualitative'
    and is_output
    and {{ is_one_of("plain_value", "(" ~ words.grade_before ~ ")*(" ~ words.grade ~ ")(" ~ words.grade_after ~ ")*") }}
    and not {{ matches("content", words.scale) }}
{% endmacro %}
