{#- 
F6: the same code twice in one document, or the same department, unit and name under two codes. A later document that
declares a project again is a correction, and a name that several units of a department use is no double.
 -#}
{% macro rule_f6(rule, words) %}
with
printed_twice as (
    select
        declaration_key,
        document_id,
        count(*) as printed_count,
        {{ listed("cast(line_start as " ~ dbt.type_string() ~ ")", ", ", "table_no, line_start") }} as printed_at
    from declaration_version
    where status <> 'withdrawn'
    group by declaration_key, document_id
    having count(*) > 1
),
named_twice as (
    select
        fiscal_year, form_type, region_code, department_id, unit_name, project_name,
        count(*) as printed_count,
        {{ listed("coalesce(project_code, '-')", ", ", "project_code") }} as project_codes
    from declaration
    where department_id is not null and project_name <> ''
    group by all
    having count(*) > 1
),
double as (
    select
        declaration.*,
        coalesce(printed_twice.printed_count, named_twice.printed_count) as printed_count,
        coalesce(concat_ws('', 'line ', printed_twice.printed_at), named_twice.project_codes) as printed_as
    from declaration
    left join printed_twice
        on declaration.declaration_key = printed_twice.declaration_key and declaration.document_id = printed_twice.document_id
    left join named_twice using (fiscal_year, form_type, region_code, department_id, unit_name, project_name)
    where printed_twice.printed_count is not null or named_twice.printed_count is not null
)
select
    {{ on_declaration() }},
    {{ evidence("project_name", "project_code", "department_name", "printed_count", "printed_as") }},
    concat_ws(
        '', '"', project_name, '" of ', department_name, ' is declared ', printed_count, ' times for ', fiscal_year, ' (', printed_as, ').'
    ) as message_en,
    concat_ws(
        '', department_name, '的“', project_name, '”在', fiscal_year, '年度申报了', printed_count, '次（', printed_as, '）。'
    ) as message_zh
from double
{% endmacro %}
