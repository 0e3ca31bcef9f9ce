{#- T2: a start before the fiscal year. -#}
{% macro rule_t2(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "starts_on") }},
    concat_ws('', '"', content, '" starts on ', starts_on, ', before the fiscal year ', fiscal_year, '.') as message_en,
    concat_ws('', '“', content, '”自', starts_on, '开始，早于预算年度', fiscal_year, '年。') as message_zh
from indicator
where year(starts_on) < fiscal_year
{% endmacro %}
