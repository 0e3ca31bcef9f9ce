{#- X3: the unit does not fit the category: a rate under 数量, a count under 质量. Mishaps are counted too, and what is to be few: that is quality. -#}
{% macro rule_x3(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws(
        '', '"', content, '" stands under ', level2, ', its target is ', case when is_quantity then 'a rate: ' else 'a count: ' end, value_raw, '.'
    ) as message_en,
    concat_ws(
        '', '“', content, '”列在', level2, '下，指标值却是', case when is_quantity then '比率：' else '个数：' end, value_raw, '。'
    ) as message_zh
from indicator
where (is_quantity and unit_dimension = 'ratio')
    or (
        is_quality and is_counted
        and operator not in ('<=', '<')
        and target_value <> 0
        and not {{ matches("concat(content, value_raw)", words.mishap ~ "|" ~ words.complaint) }}
    )
{% endmacro %}
