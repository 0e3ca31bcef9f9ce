{#- Where the lake's tables and the reference files stand is asked when a model runs, not when the project is parsed:
    a manifest prepared once serves every home folder. -#}

{#- A table of the lake. Every one has `lake_year`, the folder's fiscal year, except `document` and `form`,
    whose files hold a `fiscal_year` of their own. -#}
{% macro lake(table) -%}
    {%- do source('lake', table) -%}
    {{ adapter.dispatch('lake')(table) }}
{%- endmacro %}

{% macro duckdb__lake(table) -%}
    {%- set folder = env_var('JIXIAO_LAKE') | replace("'", "''") -%}
    read_parquet('{{ folder }}/{{ table }}/fiscal_year=*/*.parquet', union_by_name = true, hive_partitioning = {{ table not in ['document', 'form'] }}
    {%- if table not in ['document', 'form'] %}, hive_types = {'fiscal_year': integer}{% endif %})
{%- endmacro %}

{% macro spark__lake(table) -%}
    {#- Files named one by one have no partition column, which would hide a fiscal year of their own. -#}
    parquet.`{{ env_var('JIXIAO_LAKE') }}/{{ table }}{{ '/*/*.parquet' if table in ['document', 'form'] }}`
{%- endmacro %}

{#- A CSV file of ingest/reference, every column as text; read by ingest and by this project alike. -#}
{% macro reference(file) -%}
    {{ adapter.dispatch('reference')(file) }}
{%- endmacro %}

{% macro duckdb__reference(file) -%}
    read_csv('{{ env_var('JIXIAO_REFERENCE', '../ingest/reference') | replace("'", "''") }}/{{ file }}', header = true, all_varchar = true)
{%- endmacro %}

{% macro spark__reference(file) -%}
    {%- set relation = target.schema ~ '.reference_' ~ file.split('.')[0] -%}
    {%- if execute and flags.WHICH not in ['compile', 'generate'] -%}
        {%- do run_query(
            "create table if not exists " ~ relation ~ " using csv"
            ~ " options (header true, path '" ~ env_var('JIXIAO_REFERENCE') ~ "/" ~ file ~ "')"
        ) -%}
    {%- endif -%}
    {{ relation }}
{%- endmacro %}
