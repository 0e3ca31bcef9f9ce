{#- The rows of a seed as literals: dbt-spark's own macro of this name leaves the quotes in them as they are. -#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model.config.get('column_types', {}) -%}
    {%- set sql -%}
        insert into {{ this }} values
        {%- for row in agate_table.rows %}
        (
            {%- for name in agate_table.column_names -%}
                {%- set text = row[name] | string | replace('\\', '\\\\') | replace("'", "\\'") -%}
                cast({{ 'null' if row[name] is none else "'" ~ text ~ "'" }} as {{ types.get(name, adapter.convert_type(agate_table, loop.index0)) }})
                {{- ', ' if not loop.last -}}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- if agate_table.rows -%}{%- do run_query(sql) -%}{%- endif -%}
    {{ return(sql) }}
{%- endmacro %}
