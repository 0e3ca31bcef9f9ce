{#- T4: every deadline of the declaration is the last day of the year. A milestone target has a date before its last one. -#}
{% macro rule_t4(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("cells") }},
    concat_ws('', 'Deadlines: ', deadline_count, ', all on the last day of ', fiscal_year, ': ', cells, '.') as message_en,
    concat_ws('', '期限共', deadline_count, '个，均为', fiscal_year, '年最后一天：', cells, '。') as message_zh
from declaration
inner join {{ cells_where("target_kind = 'deadline'", "first_due_on = make_date(fiscal_year, 12, 31) and last_due_on = first_due_on and milestone_count = 0") }} using (declaration_key)
{% endmacro %}
