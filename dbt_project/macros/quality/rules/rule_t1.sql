{#- T1: a deadline after the fiscal year. -#}
{% macro rule_t1(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "due_on") }},
    concat_ws('', '"', content, '" is due on ', due_on, ', after the fiscal year ', fiscal_year, '.') as message_en,
    concat_ws('', '“', content, '”的期限为', due_on, '，晚于预算年度', fiscal_year, '年。') as message_zh
from indicator
where year(due_on) > fiscal_year
{% endmacro %}
