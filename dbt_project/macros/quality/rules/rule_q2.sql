{#- Q2: the target repeats the name of the indicator (all of it, or all but a few characters). -#}
{% macro rule_q2(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'The target of "', content, '" only repeats its name: "', value_raw, '".') as message_en,
    concat_ws('', '指标“', content, '”的指标值“', value_raw, '”只是重复指标名称。') as message_zh
from indicator
where target_kind = 'qualitative'
    and (contains(plain_content, plain_value) or contains(plain_value, plain_content))
    and least(length(plain_content), length(plain_value))
        >= {{ rule.parameters.share }} * greatest(length(plain_content), length(plain_value))
{% endmacro %}
