{#- Q7: no benefit indicator has a number. -#}
{% macro rule_q7(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("cells") }},
    concat_ws('', 'Benefit indicators: ', benefit_count, ', none with a number: ', cells, '.') as message_en,
    concat_ws('', '效益指标共', benefit_count, '项，没有一项有数值：', cells, '。') as message_zh
from declaration
inner join {{ cells_where("is_benefit", "numeric_benefit_count = 0") }} using (declaration_key)
{% endmacro %}
