{#- F2: the project code is malformed (not 6 area + 2 year + 13 more characters) or of an area that is not in GB/T 2260. -#}
{% macro rule_f2(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("project_code") }},
    concat_ws(
        '', 'Project code ', project_code,
        case when code_is_well_formed then ' begins with an unknown area code.' else ' is not built as 21 characters of area, year and serial.' end
    ) as message_en,
    concat_ws(
        '', '项目编码', project_code,
        case when code_is_well_formed then '的前六位不是已知的行政区划代码。' else '不符合21位编码规则（6位区划、2位年份、13位顺序码）。' end
    ) as message_zh
from declaration
where not code_is_well_formed or not code_area_is_known
{% endmacro %}
