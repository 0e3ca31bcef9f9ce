{#- A key made of values: NULL counts as a blank. -#}
{% macro surrogate_key(columns) -%}
    md5(concat_ws('|'{% for column in columns %}, coalesce(cast({{ column }} as {{ dbt.type_string() }}), ''){% endfor %}))
{%- endmacro %}

{#- A name as it is compared: without blanks and line breaks, brackets and punctuation of one width, lower case.
    Most names are so already; looking is ten times cheaper than translating. -#}
{% macro comparable(column) -%}
    case
        when {{ matches(column, '[\\s\\p{Z}（）［］，；：“”％A-Z]') }}
            then lower(translate({{ column }}, '（）［］，；：“”％ 　' || chr(9) || chr(10) || chr(13) || chr(160), '()[],;:""%'))
        else {{ column }}
    end
{%- endmacro %}

{#- How alike two names are, 0 to 1: twice the pairs of neighbouring characters that they share over all they have (Dice).
    Whole numbers divided, so that every engine finds the same. -#}
{% macro similarity(one, other) -%}
    cast(
        2.0 * {{ shared_bigrams(one, other) }} / greatest(length({{ one }}) + length({{ other }}) - 2, 1) as decimal(5, 4)
    )
{%- endmacro %}

{% macro shared_bigrams(one, other) -%}
    {{ adapter.dispatch('shared_bigrams')(one, other) }}
{%- endmacro %}

{% macro duckdb__shared_bigrams(one, other) -%}
    len(list_intersect(
        list_transform(range(1, length({{ one }})), lambda i: substr({{ one }}, i, 2)),
        list_transform(range(1, length({{ other }})), lambda i: substr({{ other }}, i, 2))
    ))
{%- endmacro %}

{% macro spark__shared_bigrams(one, other) -%}
    size(array_intersect(
        transform(filter(sequence(1, length({{ one }})), i -> i < length({{ one }})), i -> substr({{ one }}, i, 2)),
        transform(filter(sequence(1, length({{ other }})), i -> i < length({{ other }})), i -> substr({{ other }}, i, 2))
    ))
{%- endmacro %}

{#- An indicator level's label as the taxonomy seed writes it: 产出指标（40-50）分 and 产出目标 are 产出. -#}
{% macro category_label(column) -%}
    {{ replaced(replaced(comparable(column), '\\([^)]*\\)|[0-9.、:*★]|分$'), '(指标|目标)$') }}
{%- endmacro %}

{#- A form's number within a build: its document's, and its place there. Joins of millions of rows go by it. -#}
{% macro form_id(document_no, form_no) -%}
    cast({{ document_no }} as bigint) * 10000000 + {{ form_no }}
{%- endmacro %}

{#- An indicator's key: its declaration's, and its place in the form. -#}
{% macro indicator_key(declaration_key, indicator_no) -%}
    concat({{ declaration_key }}, '-', cast({{ indicator_no }} as {{ dbt.type_string() }}))
{%- endmacro %}
