{#- The relation that the last build left in the warehouse, or none at the first build and on --full-refresh. -#}
{% macro as_last_built(table) -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {{ return(adapter.get_relation(database=target.database, schema='marts', identifier=table)) }}
    {%- endif -%}
{%- endmacro %}

{#- Before an incremental table takes what is written anew: out with the old rows, in one transaction. `touched` holds
    the values of `key` whose rows go, where `built`: what is new has none, and its key is not looked for.
    `ref` stands outside the condition, so that dbt learns of it while it parses. -#}
{% macro forget(key, touched, built='is_built') -%}
    {%- set relation = ref(touched) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ key }} in (select {{ key }} from {{ relation }} where {{ built }})
    {%- endif -%}
{%- endmacro %}

{#- The same for a table of the lake's years. -#}
{% macro forget_written_years() -%}
    {%- do ref('int_touched_year') -%}
    {%- if is_incremental() -%}delete from {{ this }} where {{ in_written_years('lake_year') }}{%- endif -%}
{%- endmacro %}

{#- The same for a table that has rows of years only: out with the years of which `touched` has a row. -#}
{% macro forget_years(touched) -%}
    {%- do ref(touched) -%}
    {%- if is_incremental() -%}delete from {{ this }} where {{ in_years_of(touched, 'fiscal_year') }}{%- endif -%}
{%- endmacro %}

{#- The same for what is a history: out with the rows from the touched project's year `since` on, or with all from the first
    such year on. -#}
{% macro forget_since(key=none) -%}
    {%- set relation = ref('int_touched_project') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} {{ 'using ' ~ relation ~ ' as touched' if key }}
        where {{ since_touched(this.identifier ~ '.fiscal_year') }}
        {%- if key %}
            and {{ this.identifier }}.{{ key }} = touched.{{ key }} and {{ this.identifier }}.fiscal_year >= touched.since
            and touched.is_built
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- Versions over fiscal years: one row for each run of years in which `attributes` stayed the same.
    `relation` has one row for each `entity` and `fiscal_year`. The last version has no end. -#}
{% macro versions(relation, entity, attributes) %}
described as (
    select
        {{ entity }},
        fiscal_year,
        {{ attributes | join(',\n        ') }},
        {{ fingerprint(attributes | join(', ')) }} as description
    from {{ relation }}
),

compared as (
    select
        {{ entity }},
        fiscal_year,
        {{ attributes | join(',\n        ') }},
        description,
        lag(description) over (partition by {{ entity }} order by fiscal_year) as description_before
    from described
),

numbered as (
    select
        {{ entity }},
        fiscal_year,
        {{ attributes | join(',\n        ') }},
        sum(case when description = description_before then 0 else 1 end)
            over (partition by {{ entity }} order by fiscal_year) as version_no
    from compared
),

spans as (
    select
        {{ entity }},
        version_no,
        {%- for attribute in attributes %}
        max({{ attribute }}) as {{ attribute }},
        {%- endfor %}
        min(fiscal_year) as valid_from_year,
        max(fiscal_year) as last_declared_year
    from numbered
    group by {{ entity }}, version_no
),

versions as (
    select
        {{ entity }},
        {{ attributes | join(',\n        ') }},
        valid_from_year,
        last_declared_year,
        lead(valid_from_year) over (partition by {{ entity }} order by version_no) - 1 as valid_to_year,
        lead(valid_from_year) over (partition by {{ entity }} order by version_no) is null as is_current
    from spans
)
{%- endmacro %}

{#- A condition that spares the reading of years of which `table` has no row; written out, so that what holds other years is
    not even opened. -#}
{% macro in_years_of(table, column, year='fiscal_year', where='true') -%}
    {%- set relation = ref(table) -%}
    {%- set condition = namespace(sql='true') -%}
    {%- if execute and not flags.FULL_REFRESH and load_relation(relation) -%}
        {%- set years = run_query('select distinct ' ~ year ~ ' from ' ~ relation ~ ' where ' ~ where).columns[0].values() -%}
        {%- set known = years | select('number') | map('int') | sort -%}
        {%- set condition.sql = column ~ ' in (' ~ (known | join(', ') or 'null') ~ ')' -%}
        {%- if none in years -%}
            {%- set condition.sql = '(' ~ condition.sql ~ ' or ' ~ column ~ ' is null)' -%}
        {%- endif -%}
    {%- endif -%}
    {{ condition.sql }}
{%- endmacro %}

{#- Of the lake's files: those of what is written anew; those of what that is compared with, too. -#}
{% macro in_written_years(lake_year) -%}
    {{ in_years_of('int_touched_year', lake_year, 'lake_year', 'is_written') }}
{%- endmacro %}

{% macro in_touched_years(lake_year) -%}
    {{ in_years_of('int_touched_year', lake_year, 'lake_year') }}
{%- endmacro %}

{#- A condition that spares the reading of years before the first that is written anew in the history of projects. -#}
{% macro since_touched(column) -%}
    {%- set relation = ref('int_touched_project') -%}
    {%- set condition = namespace(sql='true') -%}
    {%- if execute and not flags.FULL_REFRESH and load_relation(relation) -%}
        {%- set first = run_query('select min(since) from ' ~ relation).columns[0].values()[0] -%}
        {%- set condition.sql = 'false' if first is none else column ~ ' >= ' ~ first | int -%}
    {%- endif -%}
    {{ condition.sql }}
{%- endmacro %}

{#- The rows of a table that meet a condition. On top of an earlier build these are few: found by the condition's columns alone,
    then read by their place; DuckDB reads all columns of what it looks through otherwise. -#}
{% macro rows_where(table, condition) -%}
    {%- set is_by_place = target.type == 'duckdb' and is_incremental() -%}
    select * from {{ ref(table) }}
    where {% if is_by_place %}rowid in (select rowid from {{ ref(table) }} where {{ condition }}){% else %}{{ condition }}{% endif %}
{%- endmacro %}
