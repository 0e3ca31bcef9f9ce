{#- F4: the code says that the project entered the library after the year it is declared for. -#}
{% macro rule_f4(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_code", "library_year", "fiscal_year") }},
    concat_ws(
        '', 'By its code the project entered the library in ', library_year, ', after the fiscal year ', fiscal_year, '.'
    ) as message_en,
    concat_ws('', '按项目编码，项目于', library_year, '年入库，晚于预算年度', fiscal_year, '年。') as message_zh
from declaration
where library_year > fiscal_year
{% endmacro %}
