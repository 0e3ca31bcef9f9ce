{#- B1: the same indicator with the same target in several projects of a place and year: boilerplate (int_repeated_indicator). -#}
{% macro rule_b1(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "project_count") }},
    concat_ws(
        '', '"', content, '" with the same target (', value_raw, ') stands in ',
        case when project_count >= 20 then 'at least ' end, project_count, ' projects.'
    ) as message_en,
    concat_ws(
        '', '“', content, '”与相同的指标值（', value_raw, '）出现在', case when project_count >= 20 then '至少' end, project_count, '个项目中。'
    ) as message_zh
from indicator
inner join repeated_indicator using (repeat_id)
{% endmacro %}
