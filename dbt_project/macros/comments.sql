{#- Tables and columns carry their meaning in both languages into the database, where BI tools show it: the description,
    then `meta.zh` of the same YAML. It stands in for dbt's own macro of this name; a column that the table lacks is an error. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
    {%- set comments -%}
        {%- if for_relation and config.persist_relation_docs() and model.description %}
        comment on {{ relation.type }} {{ relation }} is {{ in_both_languages(model.description, model.config.meta) }};
        {%- endif %}
        {%- for name, column in model.columns.items() if for_columns and config.persist_column_docs() %}
        comment on column {{ relation }}.{{ name }} is {{ in_both_languages(column.description, column.meta) }};
        {%- endfor %}
    {%- endset -%}
    {%- if comments %}{% do run_query(comments) %}{% endif -%}
{% endmacro %}

{% macro in_both_languages(english, meta) -%}
    '{{ ([english, meta.zh] if meta.zh else [english]) | join(" · ") | replace("'", "''") }}'
{%- endmacro %}
