{#- N4: the unit is not in the list of units, so the target has no dimension and compares with nothing. -#}
{% macro rule_n4(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "unit") }},
    concat_ws('', 'The unit "', unit, '" of "', content, '" (', value_raw, ') is not in the list of units.') as message_en,
    concat_ws('', '指标“', content, '”（', value_raw, '）的单位“', unit, '”不在计量单位表中。') as message_zh
from indicator
where unit <> '' and unit_dimension is null
{% endmacro %}
