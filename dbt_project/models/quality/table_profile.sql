-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized="table") }}
-- One row a fact table, fiscal year and column: how much of it is filled, its money summed up, and the same a year before.
-- What drifts between years or releases shows here; the gate before publication holds the bounds.
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
    group by fiscal_year

),
{%- endfor %}

measured as (
    {%- for fact in facts %}

    select * from {{ fact }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select
    table_name,
    column_name,
    cast(fiscal_year as integer) as fiscal_year,
    row_count,
    filled_count,
    cast(1.0 * filled_count / row_count as decimal(24, 6)) as filled_share,
    cast(sum_yuan as decimal(24, 6)) as sum_yuan,
    lag(row_count) over years as previous_row_count,
    cast(1.0 * lag(filled_count) over years / lag(row_count) over years as decimal(24, 6)) as previous_filled_share,
    cast(lag(sum_yuan) over years as decimal(24, 6)) as previous_sum_yuan
from measured
window years as (partition by table_name, column_name order by fiscal_year)
