-- What one published table says of another is there; of the facts, what was written anew is looked at. Each table that others
-- speak of is looked through once.
{%- set references = {
    ('dim_document', 'document_id'): [('fct_declaration', 'document_id')],
    ('dim_fiscal_year', 'fiscal_year'): [('fct_declaration', 'fiscal_year')],
    ('dim_funding_source', 'funding_source'): [('fct_project_funding', 'funding_source')],
    ('dim_indicator_category', 'category_key'): [('fct_indicator_target', 'category_key')],
    ('dim_measure_unit', 'unit'): [('fct_indicator_target', 'unit')],
    ('fct_declaration_version', 'version_key'): [
        ('fct_declaration', 'version_key'), ('fct_superseded_indicator', 'version_key'),
    ],
    ('fct_declaration', 'declaration_key'): [
        ('fct_project_funding', 'declaration_key'), ('fct_indicator_target', 'declaration_key'),
        ('fct_budget_execution', 'declaration_key'), ('fct_indicator_change', 'declaration_key'),
        ('fct_indicator_change', 'previous_declaration_key'),
    ],
    ('fct_indicator_target', 'indicator_key'): [
        ('fct_indicator_milestone', 'indicator_key'), ('fct_indicator_result', 'indicator_key'),
        ('fct_indicator_result', 'target_indicator_key'),
    ],
} %}
{%- set touched_declarations = ref('int_touched_declaration') %}
{%- set of_child = in_years_of('int_touched_declaration', 'c.fiscal_year') %}
{%- set of_parent = in_years_of('int_touched_declaration', 'p.fiscal_year') %}

{%- for (parent, parent_column), children in references.items() %}
select
    said.table_name,
    '{{ parent }}' as missing_in,
    cast(said.value as {{ dbt.type_string() }}) as value
from (
    {%- for table, column in children %}
    select distinct
        '{{ table }}' as table_name,
        c.{{ column }} as value
    from {{ ref(table) }} as c
    inner join {{ touched_declarations }} as t on c.declaration_key = t.declaration_key
    where {{ of_child }} and cast(c.{{ column }} as {{ dbt.type_string() }}) <> ''
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as said
left join {{ ref(parent) }} as p
    on
        said.value = p.{{ parent_column }}
        {{ 'and ' ~ of_parent if parent == 'fct_indicator_target' }}
where p.{{ parent_column }} is null
{{ 'union all' if not loop.last }}
{%- endfor %}
