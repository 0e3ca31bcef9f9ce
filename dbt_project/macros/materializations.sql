{#- How DuckDB's tables and views come into being. They stand in for dbt-duckdb's own materializations, which make each
    aside, rename it into place and ask the catalogue some ten times meanwhile. Nobody reads the file under construction,
    and where a build fails it is thrown away (orchestration/transform.py): here each is made in place, in one transaction,
    is described where it is new, and takes what is written anew as it is selected. Columns are those that the same code gave
    it: what other code left is thrown away too. -#}

{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        create or replace view {{ relation }} as (
            {{ compiled_code }}
        )
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}{{ made_anew(relation, compiled_code) }}{%- endcall -%}
    {%- do persist_docs(relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization incremental, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {% if is_incremental() -%}
            insert into {{ relation }} by name (
                {{ compiled_code }}
            )
        {%- else -%}
            {{ made_anew(relation, compiled_code) }}
        {%- endif %}
    {%- endcall -%}
    {%- if not is_incremental() -%}{%- do persist_docs(relation, model) -%}{%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- A table as its contract says, or as its query gives it where it has none. Where the same code has made it before, the
    query is known to keep the contract. -#}
{% macro made_anew(relation, query) -%}
    {%- if config.get('contract').enforced -%}
        {%- if not load_cached_relation(this) %}{{ get_assert_columns_equivalent(query) }}{% endif %}
        create or replace table {{ relation }} (
            {{ columns_and_constraints() | join(',\n            ') }}
        );
        {%- for year in years_written() %}
        {{ set_year(year) }}
        insert into {{ relation }} by name (
            {{ query }}
        );
        {{ reset_year(year) }}
        {%- endfor %}
    {%- else -%}
        {%- for year in years_written() %}
        {{ set_year(year) }}
        {% if loop.first %}create or replace table {{ relation }} as{% else %}insert into {{ relation }} by name{% endif %} (
            {{ query }}
        );
        {{ reset_year(year) }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- The years by which a large table is written, one after the other (year_by_year.sql); else nothing that names a year, once. -#}
{% macro years_written() -%}
    {%- set years = [] -%}
    {%- set relation = config.get('meta', {}).get('year_by_year') -%}
    {%- if relation -%}
        {%- for row in run_query('select * from ' ~ ref(relation) ~ ' order by fiscal_year').rows -%}
            {%- do years.append(row.dict()) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(years if years | sum(attribute='declarations') > var('year_by_year_above') else [{}]) }}
{%- endmacro %}

{#- The variables of a year that is written. -#}
{% macro set_year(year) -%}
    {%- for name, value in year.items() %}
        set variable {{ name }} = {{ 'null' if value is none else value | int }};
    {%- endfor %}
{%- endmacro %}

{% macro reset_year(year) -%}
    {%- for name in year %}
        reset variable {{ name }};
    {%- endfor %}
{%- endmacro %}

{#- The columns as the contract has them. Long texts that people read and nobody searches name another compression in their
    `meta`: zstd takes a quarter of the room and of the time to write, and twice the time to read all of them. -#}
{% macro columns_and_constraints() -%}
    {%- set columns = [] -%}
    {%- for name, column in model['columns'].items() -%}
        {%- set compression = column.meta.compression -%}
        {%- set rendered = adapter.render_raw_columns_constraints(raw_columns={name: column}) | join(' ') -%}
        {%- do columns.append(rendered ~ (' using compression ' ~ compression if compression else '')) -%}
    {%- endfor -%}
    {%- do columns.extend(adapter.render_raw_model_constraints(raw_constraints=model['constraints'])) -%}
    {{ return(columns) }}
{%- endmacro %}
