{#- T1: a deadline, or the last step of one, after the fiscal year. -#}
{% macro rule_t1(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence_of({"level2": "level2", "content": "content", "value_raw": "value_raw", "due_on": "last_due_on"}) }},
    concat_ws('', '"', content, '" is due on ', last_due_on, ', after the fiscal year ', fiscal_year, '.') as message_en,
    concat_ws('', '“', content, '”的期限为', last_due_on, '，晚于预算年度', fiscal_year, '年。') as message_zh
from indicator
where year(last_due_on) > fiscal_year
{% endmacro %}
