-- Every published table's primary key (`meta` in its YAML) is filled and unique; of the facts, what was written anew is
-- looked at. source_line and quarantine copy the lake, whose gate has looked at their keys.
{%- set whole = [
    'dim_fiscal_year', 'dim_region', 'dim_funding_source', 'dim_indicator_category', 'dim_measure_unit', 'dim_document',
    'dim_department', 'dim_implementing_unit', 'project_link_candidate',
] %}
{%- set touched = {
    'fct_declaration': 'declaration_key', 'fct_project_funding': 'declaration_key', 'fct_indicator_target': 'declaration_key',
    'fct_indicator_milestone': 'declaration_key', 'fct_superseded_indicator': 'declaration_key',
    'fct_budget_execution': 'declaration_key', 'fct_indicator_result': 'declaration_key',
    'fct_indicator_change': 'declaration_key', 'fct_declaration_version': 'version_key', 'dim_project': 'project_id',
    'fct_project_change': 'project_id',
} %}
{%- set written = {
    'declaration_key': ref('int_touched_declaration'), 'version_key': ref('int_changed_version'),
    'project_id': ref('int_touched_project'),
} %}

{%- set years = in_years_of('int_touched_declaration', 'fiscal_year') %}

{%- for table in whole + (touched | list) %}
{%- set relation = ref(table) %}
{%- set key = graph.nodes['model.jixiao.' ~ table].config.meta.primary_key if execute else ['1'] %}
{%- set rows %}
    {{ relation }}
    {%- if table in touched %}
    where
        {{ touched[table] }} in (select {{ touched[table] }} from {{ written[touched[table]] }})
        {{ 'and ' ~ years if touched[table] == 'declaration_key' }}
    {%- endif %}
{%- endset %}
select
    '{{ table }}' as table_name,
    concat_ws(' | ', {{ key | join(', ') }}) as key,
    count(*) as times
from {{ rows }}
{{ 'and' if table in touched else 'where' }} {{ fingerprint(key | join(', ')) }} in (
    select {{ fingerprint(key | join(', ')) }} from {{ rows }} group by 1 having count(*) > 1
)
group by {{ key | join(', ') }}
having count(*) > 1
{{ 'union all' if not loop.last }}
{%- endfor %}
