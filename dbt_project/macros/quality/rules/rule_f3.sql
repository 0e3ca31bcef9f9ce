{#- F3: the department part of the code is not the supervising department (where the profile says where it stands). -#}
{% macro rule_f3(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_code", "code_department", "department_code", "department_name") }},
    concat_ws(
        '', 'The project code names department ', code_department, ', the form names ', department_code, ' ', department_name, '.'
    ) as message_en,
    concat_ws('', '项目编码中的部门为', code_department, '，表中主管部门为', department_code, department_name, '。') as message_zh
from declaration
where substr(department_code, 1, length(code_department)) <> code_department
{% endmacro %}
