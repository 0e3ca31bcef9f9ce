-- Every published table's primary key (`meta` in its YAML) is filled and unique; of the facts, what was written anew is
-- looked at. source_line and quarantine copy the lake, whose gate has looked at their keys.
{%- set whole = [
    'dim_fiscal_year', 'dim_region', 'dim_funding_source', 'dim_indicator_category', 'dim_measure_unit', 'dim_document',
    'dim_department', 'dim_implementing_unit', 'dim_project', 'fct_declaration', 'fct_declaration_version',
    'fct_project_change', 'project_link_candidate',
] %}
{%- set touched = [
    'fct_project_funding', 'fct_indicator_target', 'fct_indicator_milestone', 'fct_superseded_indicator',
    'fct_budget_execution', 'fct_indicator_result', 'fct_indicator_change',
] %}
{%- set touched_declarations = ref('int_touched_declaration') %}

{%- for table in whole + touched %}
{%- set relation = ref(table) %}
{%- set key = graph.nodes['model.jixiao.' ~ table].config.meta.primary_key if execute else ['1'] %}
{%- set rows %}
    {{ relation }}
    {%- if table in touched %}
    where declaration_key in (select declaration_key from {{ touched_declarations }})
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
