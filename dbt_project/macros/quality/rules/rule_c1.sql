{#- C1: one of 数量 质量 时效 成本 is missing. -#}
{% macro rule_c1(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("quantity_count", "quality_count", "timeliness_count", "cost_count") }},
    concat(
        'No indicator of:',
        case when quantity_count = 0 then ' quantity (数量)' else '' end,
        case when quality_count = 0 then ' quality (质量)' else '' end,
        case when timeliness_count = 0 then ' timeliness (时效)' else '' end,
        case when cost_count = 0 then ' cost (成本)' else '' end,
        '.'
    ) as message_en,
    concat(
        '缺少指标：',
        case when quantity_count = 0 then '数量 ' else '' end,
        case when quality_count = 0 then '质量 ' else '' end,
        case when timeliness_count = 0 then '时效 ' else '' end,
        case when cost_count = 0 then '成本 ' else '' end,
        '。'
    ) as message_zh
from declaration
where least(quantity_count, quality_count, timeliness_count, cost_count) = 0
{% endmacro %}
