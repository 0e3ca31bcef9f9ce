-- Each declaration that was written anew has the indicators that its form counts, numbered without a gap.
with declarations as (
    select * from {{ ref('fct_declaration') }}
),

touched as (
    select * from {{ ref('int_touched_declaration') }}
),

targets as (
    select
        t.declaration_key,
        t.indicator_no
    from {{ ref('fct_indicator_target') }} as t
    inner join touched as d on t.declaration_key = d.declaration_key
),

indicators as (
    select
        declaration_key,
        count(*) as indicators,
        max(indicator_no) as last_no
    from targets
    group by declaration_key
)

select
    d.declaration_key,
    d.document_id,
    d.line_start,
    d.indicator_count,
    i.indicators,
    i.last_no
from declarations as d
inner join touched as t on d.declaration_key = t.declaration_key
left join indicators as i on d.declaration_key = i.declaration_key
where d.indicator_count <> coalesce(i.indicators, 0) or i.indicators <> i.last_no
