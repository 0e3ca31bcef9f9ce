{{ config(materialized="table", schema="intermediate", database="work" if target.type == "duckdb" else none) }}
-- The same code twice in one document, or the same department, unit and name under two codes, of the years with touched
-- declarations. A later document that declares a project again is a correction, and a name that several units of a
-- department use is no double.
with

version as (

    select
        declaration_key,
        document_id,
        form_no
    from {{ ref("int_declaration_version") }}
    where status <> 'withdrawn' and {{ in_years_of("int_touched_declaration", "fiscal_year") }}

),

form as (

    select * from {{ ref("stg_form") }}

),

declaration as (

    select
        declaration_key,
        document_id,
        fiscal_year,
        department_id,
        project_name,
        project_code,
        {{ fingerprint(
            "concat_ws('|', fiscal_year, form_type, coalesce(region_code, ''), department_id, coalesce(unit_name, ''), project_name)"
        ) }} as named
    from {{ ref("fct_declaration") }}
    where {{ in_years_of("int_touched_declaration", "fiscal_year") }}

),

repeated as (

    select
        declaration_key,
        document_id,
        count(*) as printed_count
    from version
    group by declaration_key, document_id
    having count(*) > 1

),

printed_twice as (

    select
        repeated.declaration_key,
        repeated.document_id,
        repeated.printed_count,
        {{ listed("cast(form.line_start as " ~ dbt.type_string() ~ ")", ", ", "form.table_no, form.line_start") }} as printed_at
    from repeated
    inner join version
        on repeated.declaration_key = version.declaration_key and repeated.document_id = version.document_id
    inner join form on version.document_id = form.document_id and version.form_no = form.form_no
    group by repeated.declaration_key, repeated.document_id, repeated.printed_count

),

named_twice as (

    select
        named,
        count(*) as printed_count,
        {{ listed("coalesce(project_code, '-')", ", ", "project_code") }} as project_codes
    from declaration
    where department_id is not null and project_name <> ''
    group by named
    having count(*) > 1

)

select
    declaration.declaration_key,
    declaration.fiscal_year,
    coalesce(printed_twice.printed_count, named_twice.printed_count) as printed_count,
    coalesce(concat_ws('', 'line ', printed_twice.printed_at), named_twice.project_codes) as printed_as
from declaration
left join printed_twice
    on declaration.declaration_key = printed_twice.declaration_key and declaration.document_id = printed_twice.document_id
left join named_twice
    on declaration.named = named_twice.named and declaration.department_id is not null and declaration.project_name <> ''
where printed_twice.printed_count is not null or named_twice.printed_count is not null
