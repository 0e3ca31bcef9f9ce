{#- Y1: a target loosened against the same project's last declaration. -#}
{% macro rule_y1(rule, words) %}
select
    {{ on_indicator("indicator") }},
    {{ evidence_of({
        "content": "indicator_change.content", "value_raw": "indicator_change.value_raw",
        "previous_content": "indicator_change.previous_content", "previous_value_raw": "indicator_change.previous_value_raw",
        "previous_fiscal_year": "indicator_change.previous_fiscal_year",
    }) }},
    concat_ws(
        '', '"', indicator.content, '" was ', indicator_change.previous_value_raw, ' in ', indicator_change.previous_fiscal_year,
        ', now it is ', indicator_change.value_raw, ': loosened.'
    ) as message_en,
    concat_ws(
        '', '“', indicator.content, '”', indicator_change.previous_fiscal_year, '年为', indicator_change.previous_value_raw, '，现为',
        indicator_change.value_raw, '，目标放宽。'
    ) as message_zh
from indicator_change
inner join indicator on indicator_change.indicator_key = indicator.indicator_key
where indicator_change.target_change = 'loosened'
{% endmacro %}
