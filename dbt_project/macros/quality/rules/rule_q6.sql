{#- Q6: the target describes an activity instead of a level. A verb alone (健全) or with how well it went (推进有力) is a level. -#}
{% macro rule_q6(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'The target of "', content, '" says what will be done, not what will be reached: "', value_raw, '".') as message_en,
    concat_ws('', '指标“', content, '”的指标值写的是做什么，而非达到什么水平：“', value_raw, '”。') as message_zh
from indicator
where target_kind = 'qualitative'
    and length(plain_value) > 3
    and {{ begins_with("plain_value", words.activity) }}
    and not {{ matches("plain_value", "^.{0,8}(" ~ words.level_reached ~ ")$") }}
{% endmacro %}
