-- What one published table says of another is there; of the facts, what was written anew is looked at.
{%- set references = [
    ('fct_declaration', 'document_id', 'dim_document', 'document_id'),
    ('fct_declaration', 'version_key', 'fct_declaration_version', 'version_key'),
    ('fct_declaration', 'fiscal_year', 'dim_fiscal_year', 'fiscal_year'),
    ('fct_project_funding', 'declaration_key', 'fct_declaration', 'declaration_key'),
    ('fct_project_funding', 'funding_source', 'dim_funding_source', 'funding_source'),
    ('fct_indicator_target', 'declaration_key', 'fct_declaration', 'declaration_key'),
    ('fct_indicator_target', 'category_key', 'dim_indicator_category', 'category_key'),
    ('fct_indicator_target', 'unit', 'dim_measure_unit', 'unit'),
    ('fct_indicator_milestone', 'indicator_key', 'fct_indicator_target', 'indicator_key'),
    ('fct_indicator_result', 'indicator_key', 'fct_indicator_target', 'indicator_key'),
    ('fct_indicator_result', 'target_indicator_key', 'fct_indicator_target', 'indicator_key'),
    ('fct_budget_execution', 'declaration_key', 'fct_declaration', 'declaration_key'),
    ('fct_superseded_indicator', 'version_key', 'fct_declaration_version', 'version_key'),
    ('fct_indicator_change', 'declaration_key', 'fct_declaration', 'declaration_key'),
    ('fct_indicator_change', 'previous_declaration_key', 'fct_declaration', 'declaration_key'),
] %}
{%- set touched_declarations = ref('int_touched_declaration') %}
{%- set of_child = in_years_of('int_touched_declaration', 'c.fiscal_year') %}
{%- set of_parent = in_years_of('int_touched_declaration', 'p.fiscal_year') %}

{%- for table, column, parent, parent_column in references %}
select distinct
    '{{ table }}' as table_name,
    '{{ parent }}' as missing_in,
    cast(c.{{ column }} as {{ dbt.type_string() }}) as value
from {{ ref(table) }} as c
inner join {{ touched_declarations }} as t on c.declaration_key = t.declaration_key
left join {{ ref(parent) }} as p
    on
        c.{{ column }} = p.{{ parent_column }}
        {{ 'and ' ~ of_parent if parent == 'fct_indicator_target' }}
where
    {{ of_child }}
    and cast(c.{{ column }} as {{ dbt.type_string() }}) <> '' and p.{{ parent_column }} is null
{{ 'union all' if not loop.last }}
{%- endfor %}
