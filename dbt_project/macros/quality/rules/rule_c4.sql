{#- C4: the only benefit aimed at is 可持续影响. -#}
{% macro rule_c4(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("cells") }},
    concat_ws('', 'Benefit indicators: ', benefit_count, ', all about sustained impact (可持续影响): ', cells, '.') as message_en,
    concat_ws('', '效益指标共', benefit_count, '项，全部为可持续影响指标：', cells, '。') as message_zh
from declaration
inner join {{ cells_where("is_benefit", "benefit_count = sustained_count") }} using (declaration_key)
{% endmacro %}
