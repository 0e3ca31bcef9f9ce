{#-
M1: an absolute cap on the total cost that is not the budget. Part and unit costs are no total; several caps may add up
to it; a figure in 万元 with two decimals is right to 50 yuan; a cap on the whole project is not held against the year.
-#}
{% macro rule_m1(rule, words) %}
with
cap as (
    select
        *,
        sum(base_value) over (partition by declaration_key) as cap_total,
        0.5 * base_value / target_value / power(10, length(regexp_extract(value_raw, '[.]([0-9]+)', 1))) as rounding
    from indicator
    where is_cost
        and base_unit = '元'
        and operator in ('<=', '<', '=')
        and target_value > 0
        and {{ matches("plain_content", words.total_cost) }}
        and not {{ matches("plain_content", words.part_cost) }}
)
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "total_yuan") }},
    concat_ws('', '"', content, '" is capped at ', value_raw, ', the budget is ', {{ amount("total_yuan") }}, ' yuan.') as message_en,
    concat_ws('', '“', content, '”的上限为', value_raw, '，而预算为', {{ amount("total_yuan") }}, '元。') as message_zh
from cap
where abs(base_value - total_yuan) > rounding
    and abs(cap_total - total_yuan) > rounding
    and coalesce(abs(base_value - whole_project_total_yuan) > rounding, true)
{% endmacro %}
