{#- Large tables are written year by year in a build from nothing: the joins of one year are small, and its rows lie side by
    side, so that whoever asks for a year looks at no other. The relation that a model's `meta.year_by_year` names has one row
    for each year to be written: its `fiscal_year` (0 for none), how many `declarations` it has, and from which year to which
    other tables hold what belongs to it. Each of its columns is a variable while its year is written (materializations.sql).
    Where there are none (few declarations, on top of an earlier build, on Spark), these conditions hold for every row. -#}
{% macro is_year_by_year() -%}
    {{ return(target.type == 'duckdb' and not is_incremental()) }}
{%- endmacro %}

{#- Whether a row is of the year that is being written. -#}
{% macro of_the_year(fiscal_year) -%}
    {%- if is_year_by_year() -%}
        (getvariable('fiscal_year') is null or {{ fiscal_year }} is not distinct from nullif(getvariable('fiscal_year'), 0))
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Whether a row of a table with years of its own may belong to it: `first_<years>` and `last_<years>` of the relation say so;
    a row of no year may. -#}
{% macro among_the_years(column, years) -%}
    {%- if is_year_by_year() -%}
        (
            getvariable('fiscal_year') is null or {{ column }} is null
            or {{ column }} between getvariable('first_{{ years }}') and getvariable('last_{{ years }}')
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
