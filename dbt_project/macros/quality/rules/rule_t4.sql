{#- T4: every deadline of the declaration is the last day of the year. A milestone target has a date before its last one. -#}
{% macro rule_t4(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("deadline_count", "first_due_on") }},
    concat(
        'Every deadline (', deadline_count, ') is the last day of ', fiscal_year, ': progress within the year cannot be followed.'
    ) as message_en,
    concat('全部', deadline_count, '个期限均为', fiscal_year, '年最后一天，年内进度无从跟踪。') as message_zh
from declaration
where first_due_on = make_date(fiscal_year, 12, 31) and last_due_on = first_due_on and milestone_count = 0
{% endmacro %}
