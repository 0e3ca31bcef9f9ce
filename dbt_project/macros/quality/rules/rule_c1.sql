{#- C1: one of 数量 质量 时效 成本 is missing. -#}
{% macro rule_c1(rule, words) %}
with
missing as (
    select
        *,
        concat_ws(
            ', ',
            case when quantity_count = 0 then 'quantity' end,
            case when quality_count = 0 then 'quality' end,
            case when timeliness_count = 0 then 'timeliness' end,
            case when cost_count = 0 then 'cost' end
        ) as missing_en,
        concat_ws(
            '、',
            case when quantity_count = 0 then '数量' end,
            case when quality_count = 0 then '质量' end,
            case when timeliness_count = 0 then '时效' end,
            case when cost_count = 0 then '成本' end
        ) as missing_zh
    from declaration
    where least(quantity_count, quality_count, timeliness_count, cost_count) = 0
)
select
    {{ on_declaration() }},
    {{ evidence("quantity_count", "quality_count", "timeliness_count", "cost_count") }},
    concat_ws('', 'Of ', indicator_count, ' indicators none is about: ', missing_en, '.') as message_en,
    concat_ws('', '共', indicator_count, '项指标，缺少', missing_zh, '指标。') as message_zh
from missing
{% endmacro %}
