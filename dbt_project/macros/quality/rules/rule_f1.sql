{#- F1: the total is not the sum of the printed sources. Blank cells add nothing; the annual money only. -#}
{% macro rule_f1(rule, words) %}
select
    {{ on_declaration("total_line") }},
    {{ evidence("total_yuan", "source_amounts", "source_total_yuan") }},
    concat_ws(
        '', 'The total is ', {{ amount("total_yuan") }}, ' yuan, its sources add up to ', {{ amount("source_total_yuan") }}, ' yuan.'
    ) as message_en,
    concat_ws(
        '', '资金总额为', {{ amount("total_yuan") }}, '元，各来源之和为', {{ amount("source_total_yuan") }}, '元，两者不等。'
    ) as message_zh
from declaration
where total_yuan <> source_total_yuan
{% endmacro %}
