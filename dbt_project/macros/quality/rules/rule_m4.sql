{#- M4: a total cost in per cent: of what is not said. Where the budget is named, it is of that. -#}
{% macro rule_m4(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" is an amount, its target a percentage: ', value_raw, '.') as message_en,
    concat_ws('', '“', content, '”是金额，指标值却是百分比：', value_raw, '。') as message_zh
from indicator
where unit = '%'
    and is_cost
    and {{ matches("plain_content", words.total_cost) }}
    and not {{ matches("plain_content", words.rate_word ~ "|预算") }}
{% endmacro %}
