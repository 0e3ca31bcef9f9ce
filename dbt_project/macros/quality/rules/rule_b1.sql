{#- B1: the same indicator with the same target in several projects of a place and year: boilerplate. -#}
{% macro rule_b1(rule, words) %}
with
repeated as (
    select fiscal_year, region_code, plain_content, target_signature, count(distinct declaration_key) as project_count
    from indicator
    where target_kind is not null and form_type = 'declaration'
    group by all
    having count(distinct declaration_key) >= {{ rule.parameters.projects }}
)
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw", "project_count") }},
    concat_ws('', '"', content, '" with the same target (', value_raw, ') stands in ', project_count, ' projects.') as message_en,
    concat_ws('', '“', content, '”与相同的指标值（', value_raw, '）出现在', project_count, '个项目中。') as message_zh
from indicator
inner join repeated using (fiscal_year, region_code, plain_content, target_signature)
{% endmacro %}
