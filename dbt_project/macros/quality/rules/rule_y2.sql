{#- Y2: a target unchanged for three years or more: this one, the last one, and the one before it. -#}
{% macro rule_y2(rule, words) %}
select
    {{ on_indicator("indicator") }},
    {{ evidence_of({
        "content": "indicator.content", "value_raw": "indicator.value_raw", "unchanged_since": "earlier.previous_fiscal_year",
    }) }},
    concat_ws(
        '', '"', indicator.content, '" has been ', indicator.value_raw, ' since ', earlier.previous_fiscal_year, ' or longer.'
    ) as message_en,
    concat_ws('', '“', indicator.content, '”至少自', earlier.previous_fiscal_year, '年起一直为', indicator.value_raw, '。') as message_zh
from indicator_change as latest
inner join indicator_change as earlier on latest.previous_indicator_key = earlier.indicator_key
inner join indicator on latest.indicator_key = indicator.indicator_key
where latest.target_change = 'unchanged' and earlier.target_change = 'unchanged'
{% endmacro %}
