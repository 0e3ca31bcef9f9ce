{#- C5: the annual goal is empty. -#}
{% macro rule_c5(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("annual_goal") }},
    concat_ws('', 'The annual goal of "', project_name, '" is empty.') as message_en,
    concat_ws('', '“', project_name, '”的年度绩效目标为空。') as message_zh
from declaration
where coalesce(annual_goal, '') = '' or {{ is_one_of("annual_goal", words.left_open) }}
{% endmacro %}
