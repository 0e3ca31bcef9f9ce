{#- F6: the same code twice in one document, or the same department, unit and name under two codes (int_declared_twice). -#}
{% macro rule_f6(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_name", "project_code", "department_name", "printed_count", "printed_as") }},
    concat_ws(
        '', '"', project_name, '" of ', department_name, ' is declared ', printed_count, ' times for ', fiscal_year, ' (', printed_as, ').'
    ) as message_en,
    concat_ws(
        '', department_name, '的“', project_name, '”在', fiscal_year, '年度申报了', printed_count, '次（', printed_as, '）。'
    ) as message_zh
from declaration
inner join declared_twice using (declaration_key)
{% endmacro %}
