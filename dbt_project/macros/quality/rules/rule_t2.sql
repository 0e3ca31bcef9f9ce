{#- T2: a start, or even the whole deadline, before the fiscal year. -#}
{% macro rule_t2(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "starts_on", "due_on") }},
    concat_ws(
        '', '"', content, '" ', case when starts_on is null then 'is due on ' else 'starts on ' end, coalesce(starts_on, due_on),
        ', before the fiscal year ', fiscal_year, '.'
    ) as message_en,
    concat_ws(
        '', '“', content, '”', case when starts_on is null then '的期限为' else '自' end, coalesce(starts_on, due_on),
        case when starts_on is not null then '开始' end, '，早于预算年度', fiscal_year, '年。'
    ) as message_zh
from indicator
where year(coalesce(starts_on, due_on)) < fiscal_year
{% endmacro %}
