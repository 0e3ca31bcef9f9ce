{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget('declaration_key', 'int_touched_declaration') }}"
) }}

with declarations as (
    select * from {{ ref('int_declaration') }}
),

indicators as (
    select * from {{ ref('int_indicator') }}
    where {{ in_written_years('lake_year') }}
),

matches as (
    select * from {{ ref('int_indicator_match') }}
    where comparison = 'declared_target'
),

comparisons as (
    select * from {{ ref('int_comparison') }}
    where comparison = 'declared_target'
),

results as (
    select
        d.form_id,
        {{ indicator_key('d.declaration_key', 'i.indicator_no') }} as indicator_key,
        d.declaration_key,
        d.fiscal_year,
        d.project_code,
        i.indicator_no,
        i.content,
        i.value_raw,
        i.actual_raw,
        i.actual_value,
        i.actual_unit,
        i.weight,
        i.score,
        i.deviation_reason,
        d.document_id,
        i.table_no,
        i.line_no
    from declarations as d
    inner join indicators as i on d.form_id = i.form_id
    where d.status = 'in_force' and i.is_self_evaluated
)

select
    r.indicator_key,
    r.declaration_key,
    r.fiscal_year,
    r.project_code,
    r.indicator_no,
    r.content,
    r.value_raw,
    r.actual_raw,
    r.actual_value,
    r.actual_unit,
    r.weight,
    r.score,
    r.deviation_reason,
    case
        when m.form_id is not null then {{ indicator_key('c.other_declaration_key', 'm.other_indicator_no') }}
    end as target_indicator_key,
    m.match_kind,
    m.similarity,
    r.document_id,
    r.table_no,
    r.line_no
from results as r
left join matches as m on r.form_id = m.form_id and r.indicator_no = m.indicator_no
left join comparisons as c on r.form_id = c.form_id
