{#- A date as a day of its fiscal year, comparable between years: months and days, the last of any month as its 31st;
    later years count on. -#}
{% macro day_of_plan(date, fiscal_year) -%}
    (year({{ date }}) - {{ fiscal_year }}) * 10000 + month({{ date }}) * 100
    + case when {{ date }} = last_day({{ date }}) then 31 else day({{ date }}) end
{%- endmacro %}

{#- What became of a target: it is tightened when less would meet it than before, loosened when more would.
    Both sides are rows of int_compared_indicator. -#}
{% macro target_change(now, before) -%}
    case
        when {{ now }}.value_text = {{ before }}.value_text then 'unchanged'
        when {{ now }}.low is null or {{ before }}.low is null
            or {{ now }}.target_kind <> {{ before }}.target_kind
            or {{ now }}.base_unit <> {{ before }}.base_unit then 'changed'
        when {{ now }}.low = {{ before }}.low and {{ now }}.high = {{ before }}.high then
            case
                when {{ now }}.is_strict and not {{ before }}.is_strict then 'tightened'
                when {{ before }}.is_strict and not {{ now }}.is_strict then 'loosened'
                else 'unchanged'
            end
        when {{ now }}.low >= {{ before }}.low and {{ now }}.high <= {{ before }}.high then 'tightened'
        when {{ now }}.low <= {{ before }}.low and {{ now }}.high >= {{ before }}.high then 'loosened'
        else 'changed'
    end
{%- endmacro %}

{#- A part of a whole, four places; NULL where the whole is NULL or nothing. -#}
{% macro share_of(part, whole) -%}
    cast(({{ part }}) / nullif({{ whole }}, 0) as decimal(24, 6))
{%- endmacro %}
