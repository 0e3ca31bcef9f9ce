{#-
What is judged anew when documents come on top. A rule may compare a declaration with the others of its year, so a year
with a changed version is judged as a whole; in other years only what looks back (the rules with `looks_back`) can change,
and only for the declarations that have a changed one behind them.
-#}
{% macro in_changed_year(table) -%}
    coalesce({{ table }}.fiscal_year, 0) in (select coalesce(fiscal_year, 0) from {{ ref("int_changed_version") }})
{%- endmacro %}

{% macro is_judged_anew(table) -%}
    ({{ in_changed_year(table) }}
    or {{ table }}.declaration_key in (select declaration_key from {{ ref("int_touched_declaration") }}))
{%- endmacro %}

{#- The rules that compare a declaration with earlier years, as a list of SQL literals. -#}
{% macro rules_looking_back() -%}
    '{{ quality_rules() | selectattr("looks_back", "defined") | map(attribute="rule_id") | join("', '") }}'
{%- endmacro %}

{% macro forget_findings_judged_anew() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ in_changed_year(this.identifier) }}
            or (
                rule_id in ({{ rules_looking_back() }})
                and declaration_key in (select declaration_key from {{ ref("int_touched_declaration") }})
            )
    {%- endif -%}
{%- endmacro %}

{% macro forget_declarations_judged_anew() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ is_judged_anew(this.identifier) }}
    {%- endif -%}
{%- endmacro %}
