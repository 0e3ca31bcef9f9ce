-- Columns with a list of values (`meta.values` in their YAML) hold no other.
{%- set listed = [
    ('fct_declaration', 'form_type'),
    ('fct_declaration_version', 'status'),
    ('fct_indicator_target', 'target_kind'),
    ('fct_indicator_target', 'operator'),
    ('fct_indicator_target', 'scope'),
    ('fct_indicator_milestone', 'operator'),
    ('fct_indicator_change', 'match_kind'),
    ('fct_indicator_change', 'target_change'),
    ('fct_project_change', 'presence'),
    ('dim_document', 'status'),
    ('dim_region', 'level'),
] %}

{%- for table, column in listed %}
{%- set values = graph.nodes['model.jixiao.' ~ table].columns[column].meta['values'] if execute else [] %}
select
    '{{ table }}.{{ column }}' as column_name,
    {{ column }} as value,
    count(*) as times
from {{ ref(table) }}
where {{ column }} not in ('{{ values | join("', '") }}')
group by {{ column }}
{{ 'union all' if not loop.last }}
{%- endfor %}
