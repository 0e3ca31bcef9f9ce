{#- The relation that the last build left in the warehouse, or none at the first build and on --full-refresh. -#}
{% macro as_last_built(table) -%}
    {%- if execute and not flags.FULL_REFRESH -%}
        {{ return(adapter.get_relation(database=target.database, schema='marts', identifier=table)) }}
    {%- endif -%}
{%- endmacro %}

{#- `ref` stands outside the condition in both macros, so that dbt learns of it while it parses.

    Before an incremental fact takes the touched declarations' new rows: out with their old ones, in one transaction. -#}
{% macro forget_touched_declarations() -%}
    {%- set changed = ref('int_touched_declaration') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where declaration_key in (select declaration_key from {{ changed }})
    {%- endif -%}
{%- endmacro %}

{% macro forget_changed_documents() -%}
    {%- set changed = ref('int_changed_document') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where document_id in (select document_id from {{ changed }})
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
