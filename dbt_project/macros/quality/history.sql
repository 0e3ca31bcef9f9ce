{#-
What is judged anew when documents come on top: the declarations of int_judged_declaration. In a build from nothing that is
every one; on top of an earlier build it is few, and what judges them reads their rows only.
-#}
{% macro in_judged_years(column) -%}
    {{ in_years_of("int_judged_declaration", column) }}
{%- endmacro %}

{#- The condition under which a row with `declaration_key` and `fiscal_year` is of a declaration judged anew, and of the year
    that is being written where years are. -#}
{% macro is_judged(table) -%}
    {{ in_judged_years(table ~ ".fiscal_year") }}
    and {{ of_the_year(table ~ ".fiscal_year") }}
    and {{ table }}.declaration_key in (
        select j.declaration_key from {{ ref("int_judged_declaration") }} as j where {{ of_the_year("j.fiscal_year") }}
    )
{%- endmacro %}

{% macro forget_judged() -%}
    {%- set relation = ref("int_judged_declaration") -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ in_judged_years("fiscal_year") }}
            and declaration_key in (select declaration_key from {{ relation }} where is_built)
    {%- endif -%}
{%- endmacro %}

{#- A CTE that many rules read: of few rows on top of an earlier build, so copied into memory once; of all in a build from
    nothing, so not. -#}
{% macro read_often() -%}
    {{ "materialized " if is_incremental() else not_materialized() }}
{%- endmacro %}

{#- The day of the build. -#}
{% macro today() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}

{#- A count of which the first digit matters: exact below 20; then 20, 50, 100, 200 … that it reaches. What says it need not
    be written anew for each that joins the many. -#}
{% macro about(count) -%}
    case
        when {{ count }} < 20 then {{ count }}
        else cast(concat_ws(
            '',
            case when left(cast({{ count }} as {{ dbt.type_string() }}), 1) >= '5' then '5'
                when left(cast({{ count }} as {{ dbt.type_string() }}), 1) >= '2' then '2' else '1' end,
            repeat('0', cast(length(cast({{ count }} as {{ dbt.type_string() }})) - 1 as integer))
        ) as bigint)
    end
{%- endmacro %}
