{#- D5: at least 100% of what cannot exceed 100%. -#}
{% macro rule_d5(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" cannot exceed 100%: ', value_raw, ' should be =100%.') as message_en,
    concat_ws('', '“', content, '”不可能超过100%，“', value_raw, '”应为“=100%”。') as message_zh
from indicator
where operator in ('>=', '>')
    and unit = '%'
    and target_value >= 100
    and {{ matches("plain_content", words.capped_at_100) }}
    and not {{ matches("plain_content", words.not_capped_at_100) }}
{% endmacro %}
