{#- D3: a budget-control rate or a cost with ≥. -#}
{% macro rule_d3(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'Cost "', content, '" has a floor instead of a ceiling: ', value_raw, '.') as message_en,
    concat_ws('', '成本类指标“', content, '”设的是下限而非上限：', value_raw, '。') as message_zh
from indicator
where operator in ('>=', '>')
    and (
        (is_cost and (unit_dimension in ('money', 'unit price') or {{ matches("plain_content", words.cost_ceiling) }}))
        or {{ matches("plain_content", "(预算|成本)控制率") }}
    )
    and not {{ matches("plain_content", words.not_cost_ceiling) }}
{% endmacro %}
