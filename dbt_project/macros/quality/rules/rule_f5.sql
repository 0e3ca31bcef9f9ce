{#- F5: the attribute is not in the code list, or is printed with a number prefix. -#}
{% macro rule_f5(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_attribute_raw", "project_attribute") }},
    concat_ws(
        '', 'The attribute "', project_attribute_raw, '" ',
        case when {{ matches("project_attribute_raw", rule.parameters.prefix) }} then 'is printed with a number prefix.' else 'is not in the code list.' end
    ) as message_en,
    concat_ws(
        '', '项目属性“', project_attribute_raw, '”',
        case when {{ matches("project_attribute_raw", rule.parameters.prefix) }} then '带有编号前缀。' else '不在代码表中。' end
    ) as message_zh
from declaration
where {{ matches("project_attribute_raw", rule.parameters.prefix) }}
    or not {{ is_one_of("project_attribute", words.attribute) }}
{% endmacro %}
