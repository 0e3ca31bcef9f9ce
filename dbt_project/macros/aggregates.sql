{#- The parts of a fact of which its aggregate says otherwise. -#}
{% macro adds_up(aggregate, column, fact, measure, part) -%}
    select
        '{{ aggregate.identifier }}' as table_name,
        cast(coalesce(f.part, a.part) as {{ dbt.type_string() }}) as part,
        f.measured,
        a.added
    from (select {{ part }} as part, {{ measure }} as measured from {{ fact }} group by {{ part }}) as f
    full outer join (select {{ part }} as part, sum({{ column }}) as added from {{ aggregate }} group by {{ part }}) as a
        on f.part is not distinct from a.part
    where coalesce(f.measured, 0) <> coalesce(a.added, 0)
{%- endmacro %}
