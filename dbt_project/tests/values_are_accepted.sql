-- Columns with a list of values hold no other.
{%- set accepted = [
    ('fct_declaration', 'form_type', ['declaration', 'self_evaluation', 'whole_department', 'regional']),
    ('fct_declaration_version', 'status', ['in_force', 'superseded', 'withdrawn']),
    ('fct_indicator_target', 'target_kind', ['numeric', 'deadline', 'milestones', 'frequency', 'qualitative']),
    ('fct_indicator_target', 'operator', ['>=', '>', '<=', '<', '=', '~']),
    ('fct_indicator_target', 'scope', ['annual', 'whole_project']),
    ('fct_indicator_milestone', 'operator', ['>=', '>', '<=', '<', '=', '~']),
    ('fct_indicator_change', 'match_kind', ['same_name', 'nearest_name', 'new', 'dropped']),
    ('fct_indicator_change', 'target_change', ['tightened', 'loosened', 'unchanged', 'changed']),
    ('fct_project_change', 'presence', ['first_year', 'new', 'continued', 'returned', 'gone']),
    ('dim_document', 'status', ['read', 'quarantined', 'withdrawn']),
    ('dim_region', 'level', ['province', 'prefecture', 'county']),
] %}

{%- for table, column, values in accepted %}
select
    '{{ table }}.{{ column }}' as column_name,
    {{ column }} as value,
    count(*) as times
from {{ ref(table) }}
where {{ column }} not in ('{{ values | join("', '") }}')
group by {{ column }}
{{ 'union all' if not loop.last }}
{%- endfor %}
