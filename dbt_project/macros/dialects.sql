{#- Where DuckDB and Spark SQL differ: one name here, one meaning in both. What both understand needs no macro (a NULL in
    concat() is skipped by one and taken by the other: say concat_ws('', …); regexp_extract() needs its group). -#}

{#- Whether a text holds a pattern (RE2 and Java understand it alike; \p{Han} is spelled for both). -#}
{% macro matches(column, pattern) -%}
    {{ adapter.dispatch('matches')(column, pattern) }}
{%- endmacro %}

{% macro duckdb__matches(column, pattern) -%}
    regexp_matches({{ column }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches(column, pattern) -%}
    {{ column }} rlike {{ regex(pattern) }}
{%- endmacro %}

{#- A pattern as a literal. -#}
{% macro regex(pattern) -%}
    {{ adapter.dispatch('regex')(pattern) }}
{%- endmacro %}

{% macro duckdb__regex(pattern) -%}
    '{{ pattern }}'
{%- endmacro %}

{% macro spark__regex(pattern) -%}
    r'{{ pattern | replace("\\p{Han}", "\\p{IsHan}") }}'
{%- endmacro %}

{#- A text with every match of a pattern replaced; \1 in the replacement is the pattern's first group. -#}
{% macro replaced(text, pattern, replacement='') -%}
    {{ adapter.dispatch('replaced')(text, pattern, replacement) }}
{%- endmacro %}

{% macro duckdb__replaced(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replaced(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ regex(pattern) }}, '{{ replacement | replace("\\", "$") }}')
{%- endmacro %}

{#- A text cut at a pattern, and a row for each member of such a list. -#}
{% macro pieces(text, pattern) -%}
    {{ adapter.dispatch('pieces')(text, pattern) }}
{%- endmacro %}

{% macro duckdb__pieces(text, pattern) -%}
    regexp_split_to_array({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__pieces(text, pattern) -%}
    split({{ text }}, {{ regex(pattern) }})
{%- endmacro %}

{% macro each(array) -%}
    {{ adapter.dispatch('each')(array) }}
{%- endmacro %}

{% macro duckdb__each(array) -%}
    unnest({{ array }})
{%- endmacro %}

{% macro spark__each(array) -%}
    explode({{ array }})
{%- endmacro %}

{#- Lists of equal length as rows, side by side: column name -> expressions. -#}
{% macro as_rows(columns) -%}
    {{ adapter.dispatch('as_rows')(columns) }}
{%- endmacro %}

{% macro duckdb__as_rows(columns) -%}
    {%- for name, members in columns.items() %}
    unnest([{{ members | join(', ') }}]) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro spark__as_rows(columns) -%}
    inline(arrays_zip(
        {%- for members in columns.values() %}
        array({{ members | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )) as ({{ columns.keys() | join(', ') }})
{%- endmacro %}

{#- The texts of a group as one text, in an order. -#}
{% macro listed(text, separator, order) -%}
    {{ adapter.dispatch('listed')(text, separator, order) }}
{%- endmacro %}

{% macro duckdb__listed(text, separator, order) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order }})
{%- endmacro %}

{% macro spark__listed(text, separator, order) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order }})
{%- endmacro %}

{#- A list of texts as one text. -#}
{% macro joined(column) -%}
    {{ adapter.dispatch('joined')(column) }}
{%- endmacro %}

{% macro duckdb__joined(column) -%}
    array_to_string({{ column }}, '; ')
{%- endmacro %}

{% macro spark__joined(column) -%}
    array_join({{ column }}, '; ')
{%- endmacro %}

{#- Named values as JSON text: name -> expression. -#}
{% macro json_of(cells) -%}
    {{ adapter.dispatch('json_of')(cells) }}
{%- endmacro %}

{% macro duckdb__json_of(cells) -%}
    cast(to_json(struct_pack(
        {%- for name, value in cells.items() %}{{ name }} := {{ value }}{{ ", " if not loop.last }}{% endfor -%}
    )) as varchar)
{%- endmacro %}

{% macro spark__json_of(cells) -%}
    to_json(named_struct(
        {%- for name, value in cells.items() %}'{{ name }}', {{ value }}{{ ", " if not loop.last }}{% endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}

{#- A member of a JSON text, as text. -#}
{% macro member_of(json, name) -%}
    {{ adapter.dispatch('member_of')(json, name) }}
{%- endmacro %}

{% macro duckdb__member_of(json, name) -%}
    json_extract_string({{ json }}, '$.{{ name }}')
{%- endmacro %}

{% macro spark__member_of(json, name) -%}
    get_json_object({{ json }}, '$.{{ name }}')
{%- endmacro %}

{#- A whole number with commas between the thousands. -#}
{% macro with_commas(number) -%}
    {{ adapter.dispatch('with_commas')(number) }}
{%- endmacro %}

{% macro duckdb__with_commas(number) -%}
    format('{:,}', {{ number }})
{%- endmacro %}

{% macro spark__with_commas(number) -%}
    format_number({{ number }}, 0)
{%- endmacro %}

{#- A CTE that is read again and again, a few columns each: not to be copied into memory. -#}
{% macro not_materialized() -%}
    {{ 'not materialized ' if target.type == 'duckdb' }}
{%- endmacro %}

{#- A CTE to be worked out once: what is found in it costs more than to keep it. -#}
{% macro materialized() -%}
    {{ 'materialized ' if target.type == 'duckdb' }}
{%- endmacro %}

{#- A number for a text, by which equal texts meet cheaply; it lives no longer than a build. -#}
{% macro fingerprint(text) -%}
    {{ adapter.dispatch('fingerprint')(text) }}
{%- endmacro %}

{% macro duckdb__fingerprint(text) -%}
    hash({{ text }})
{%- endmacro %}

{% macro spark__fingerprint(text) -%}
    xxhash64({{ text }})
{%- endmacro %}

{#- What makes the rows of one value be found without reading a column of a million; Spark has nothing of the kind. -#}
{% macro find_by(column) -%}
    {{ adapter.dispatch('find_by')(column) }}
{%- endmacro %}

{% macro duckdb__find_by(column) -%}
    create index if not exists {{ this.identifier }}_by_{{ column }} on {{ this }} ({{ column }})
{%- endmacro %}

{% macro spark__find_by(column) -%}{%- endmacro %}
