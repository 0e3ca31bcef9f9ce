{#- X2: two measures in one indicator: its name lists two, one target answers. -#}
{% macro rule_x2(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', '"', content, '" names two measures; "', value_raw, '" can answer only one.') as message_en,
    concat_ws('', '“', content, '”包含两个衡量项，“', value_raw, '”只能对应其中一个。') as message_zh
from indicator
where {{ matches("unbracketed_content", "(" ~ words.measure ~ ")[，,、；;和及与/].*(" ~ words.measure ~ ")$") }}
{% endmacro %}
