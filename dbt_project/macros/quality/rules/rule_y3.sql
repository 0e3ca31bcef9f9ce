{#- Y3: the budget changed by more than half against last year. -#}
{% macro rule_y3(rule, words) %}
select
    {{ on_declaration("total_line") }},
    {{ evidence("total_yuan", "previous_total_yuan", "previous_fiscal_year") }},
    concat_ws(
        '', 'The budget went from ', {{ amount("previous_total_yuan") }}, ' yuan in ', previous_fiscal_year, ' to ',
        {{ amount("total_yuan") }}, ' yuan.'
    ) as message_en,
    concat_ws(
        '', '预算由', previous_fiscal_year, '年的', {{ amount("previous_total_yuan") }}, '元变为', {{ amount("total_yuan") }}, '元。'
    ) as message_zh
from declaration
where abs(total_yuan - previous_total_yuan) > {{ rule.parameters.share }} * abs(previous_total_yuan)
{% endmacro %}
