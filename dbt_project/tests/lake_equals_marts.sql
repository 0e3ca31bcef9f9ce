-- What the lake holds is in the marts, row for row and yuan for yuan: nothing lost, nothing twice. What hangs on which version
-- is in force is counted for the declarations that were written anew.
with in_force as (
    select
        document_id,
        form_no
    from {{ ref('int_declaration_version') }}
    where status = 'in_force'
),

written as (
    select
        document_id,
        form_no
    from {{ ref('int_declaration') }}
    where status = 'in_force'
),

touched as (
    select * from {{ ref('int_touched_declaration') }}
),

counts as (
    select
        'forms' as what,
        (select count(*) from {{ ref('stg_form') }}) as in_lake,
        (select count(*) from {{ ref('fct_declaration_version') }}) as in_marts
    union all
    select
        'declarations in force' as what,
        (select count(*) from in_force) as in_lake,
        (select count(*) from {{ ref('fct_declaration') }}) as in_marts
    union all
    select
        'indicators' as what,
        (select count(*) from {{ ref('stg_indicator') }}) as in_lake,
        (select count(*) from {{ ref('fct_indicator_target') }})
        + (select count(*) from {{ ref('fct_superseded_indicator') }}) as in_marts
    union all
    select
        'indicators of declarations in force' as what,
        (select sum(indicator_count) from {{ ref('fct_declaration') }}) as in_lake,
        (select count(*) from {{ ref('fct_indicator_target') }}) as in_marts
    union all
    select
        'lines' as what,
        (select count(*) from {{ ref('stg_source_line') }}) as in_lake,
        (select count(*) from {{ ref('source_line') }}) as in_marts
    union all
    select
        'quarantine' as what,
        (select count(*) from {{ ref('stg_quarantine') }}) as in_lake,
        (select count(*) from {{ ref('quarantine') }}) as in_marts
    union all
    select
        'documents' as what,
        (select count(*) from {{ ref('stg_document') }}) as in_lake,
        (select count(*) from {{ ref('dim_document') }}) as in_marts
    {%- for what, lake_table, fact, measure in [
        ('milestones', 'stg_milestone', 'fct_indicator_milestone', 'count(*)'),
        ('execution lines', 'stg_execution', 'fct_budget_execution', 'count(*)'),
        ('funding lines', 'stg_funding', 'fct_project_funding', none),
        ('yuan of the year', 'stg_funding', 'fct_project_funding', 'sum(amount_yuan)'),
    ] %}
    union all
    select
        '{{ what }}' as what,
        (
            select {{ measure or 'count(*)' }} from {{ ref(lake_table) }} as l
            inner join written as f on l.document_id = f.document_id and l.form_no = f.form_no
            where {{ in_written_years('l.lake_year') }} {{ "and l.scope = 'annual'" if measure == 'sum(amount_yuan)' }}
        ) as in_lake,
        (
            select {{ measure or 'sum(line_count)' }} from {{ ref(fact) }}
            where declaration_key in (select t.declaration_key from touched as t)
        ) as in_marts
    {%- endfor %}
)

select
    what,
    in_lake,
    in_marts
from counts
where coalesce(in_lake, 0) <> coalesce(in_marts, 0)
