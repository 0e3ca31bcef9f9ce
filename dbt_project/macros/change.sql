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
        when {{ least_met(now, before, now) }} = {{ least_met(before, now, now) }}
            and {{ most_met(now, before, now) }} = {{ most_met(before, now, now) }} then
            case
                when {{ now }}.is_strict and not {{ before }}.is_strict then 'tightened'
                when {{ before }}.is_strict and not {{ now }}.is_strict then 'loosened'
                else 'unchanged'
            end
        when {{ least_met(now, before, now) }} >= {{ least_met(before, now, now) }}
            and {{ most_met(now, before, now) }} <= {{ most_met(before, now, now) }} then 'tightened'
        when {{ least_met(now, before, now) }} <= {{ least_met(before, now, now) }}
            and {{ most_met(now, before, now) }} >= {{ most_met(before, now, now) }} then 'loosened'
        else 'changed'
    end
{%- endmacro %}

{#- The least and the most that would meet a target. Beside a floor an exact number is a floor, beside a ceiling a ceiling
    (=100% and ≥100% ask for the same); beside another exact number it is what its kind is: a ceiling where less is better. -#}
{% macro least_met(one, other, now) -%}
    case
        when {{ one }}.is_exact
            and ({{ other }}.low = -1e15 or ({{ other }}.is_exact and {{ now }}.is_less_better)) then -1e15
        else {{ one }}.low
    end
{%- endmacro %}

{% macro most_met(one, other, now) -%}
    case
        when {{ one }}.is_exact
            and ({{ other }}.high = 1e15 or ({{ other }}.is_exact and not {{ now }}.is_less_better)) then 1e15
        else {{ one }}.high
    end
{%- endmacro %}

{#- Whether an indicator (a row of int_indicator) asks for little: costs, durations, and what goes wrong. -#}
{% macro less_is_better(indicator) -%}
    coalesce(
        {{ indicator }}.category = '成本指标'
        or ({{ indicator }}.category = '时效指标' and {{ indicator }}.base_unit <> '%')
        or (
            {{ matches(indicator ~ '.content', var('what_goes_wrong')) }}
            and not {{ matches(indicator ~ '.content', var('what_is_done_about_it')) }}
        ), false
    )
{%- endmacro %}

{#- A part of a whole, four places; NULL where the whole is NULL or nothing. -#}
{% macro share_of(part, whole) -%}
    cast(({{ part }}) / nullif({{ whole }}, 0) as decimal(24, 6))
{%- endmacro %}
