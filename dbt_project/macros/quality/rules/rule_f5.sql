{#- F5: the attribute is not in the code list, or is printed with a number prefix. -#}
{% macro rule_f5(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_attribute_raw", "project_attribute") }},
    concat_ws(
        '', 'The attribute "', project_attribute_raw, '" ',
        case when project_attribute_raw = project_attribute then 'is not in the code list.' else 'is printed with a number prefix.' end
    ) as message_en,
    concat_ws(
        '', '项目属性“', project_attribute_raw, '”',
        case when project_attribute_raw = project_attribute then '不在代码表中。' else '带有编号前缀。' end
    ) as message_zh
from declaration
where project_attribute_raw <> project_attribute
    or not {{ is_one_of("project_attribute", words.attribute) }}
{% endmacro %}
