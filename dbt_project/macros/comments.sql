{#- Tables and columns carry their meaning in both languages into the database, where BI tools show it: the description,
    then `meta.zh` of the same YAML. They stand in for dbt-duckdb's own macros of these names. -#}
{% macro duckdb__alter_relation_comment(relation, comment) %}
    comment on {{ relation.type }} {{ relation }} is {{ in_both_languages(comment, model.config.meta) }};
{% endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {%- for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ name }} is {{ in_both_languages(column.description, column.meta) }};
    {%- endfor %}
{% endmacro %}

{% macro in_both_languages(english, meta) -%}
    '{{ ([english, meta.zh] if meta.zh else [english]) | join(" · ") | replace("'", "''") }}'
{%- endmacro %}
