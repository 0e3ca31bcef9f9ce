-- sqlfluff:indentation:template_blocks_indent:false
{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail", schema="intermediate",
    database="work" if target.type == "duckdb" else none, pre_hook="{{ forget_years('int_judged_declaration') }}"
) }}
-- One row a fact table, fiscal year and column: how much of it is filled, and its money summed up. Kept between builds, and
-- counted again for the years of what was judged anew.
-- depends_on: {{ ref("int_judged_declaration") }}
{%- set years = in_judged_years("fiscal_year") %}
{%- set facts = [
    "fct_declaration", "fct_project_funding", "fct_indicator_target", "fct_indicator_result", "fct_budget_execution",
    "fct_quality_finding"
] %}

with

{%- for fact in facts %}
{%- set relation = ref(fact) %}
{%- set names, filled, sums = [], [], [] %}
{%- for column in graph.nodes["model." ~ project_name ~ "." ~ fact].columns.values() if execute %}
{%- do names.append("'" ~ column.name ~ "'") %}
{%- do filled.append("count(" ~ column.name ~ ")") %}
{%- do sums.append("sum(" ~ column.name ~ ")" if column.data_type == "decimal(18,2)" else "null") %}
{%- endfor %}

{{ fact }} as (

    select
        '{{ fact }}' as table_name,
        fiscal_year,
        count(*) as row_count,
        {{ as_rows({"column_name": names, "filled_count": filled, "sum_yuan": sums}) }}
    from {{ relation }}
    where {{ years }}
    group by fiscal_year

){{ "," if not loop.last }}
{%- endfor %}

{%- for fact in facts %}

select
    table_name,
    fiscal_year,
    row_count,
    column_name,
    filled_count,
    cast(sum_yuan as decimal(24, 6)) as sum_yuan
from {{ fact }}
{{ "union all" if not loop.last }}
{%- endfor %}
