-- sqlfluff:indentation:template_blocks_indent:false
{{ config(materialized="table", schema="intermediate", database="work" if target.type == "duckdb" else none) }}
-- The declarations that are judged anew: those written anew; those whose place among the others of their year changed (what
-- several projects share, and what is declared twice, hangs on the others too); those with a decision that has expired.
{% set last_built = as_last_built("fct_quality_finding") %}

with

touched as (

    select * from {{ ref("int_touched_declaration") }}

),

sharing as (

    select
        indicator.declaration_key,
        indicator.fiscal_year,
        indicator.indicator_key,
        cast(repeated.project_count as {{ dbt.type_string() }}) as project_count
    from {{ ref("int_quality_indicator") }} as indicator
    inner join {{ ref("int_repeated_indicator") }} as repeated on indicator.repeat_id = repeated.repeat_id
    where
        indicator.form_type = 'declaration' and {{ in_years_of("int_touched_declaration", "indicator.fiscal_year") }}
        {{ "and false" if not last_built }}

),

twice as (

    select
        declaration_key,
        fiscal_year
    from {{ ref("int_declared_twice") }}

),
{%- if last_built %}

built as (

    select * from {{ last_built }}
    where rule_id in ('B1', 'F6') and {{ in_years_of("int_touched_declaration", "fiscal_year") }}

),

built_otherwise as (

    select
        declaration_key,
        fiscal_year
    from built
    where rule_id = 'F6'
    union
    select
        declaration_key,
        fiscal_year
    from {{ last_built }}
    where decision_valid_until < {{ today() }}

),

built_sharing as (

    select
        declaration_key,
        fiscal_year,
        indicator_key,
        {{ member_of("evidence", "project_count") }} as project_count
    from built
    where rule_id = 'B1'

),
{%- else %}

built_otherwise as (

    select * from twice

),

built_sharing as (

    select * from sharing

),
{%- endif %}

shared_otherwise as (
    (
        select * from sharing
        except
        select * from built_sharing
    )
    union all
    (
        select * from built_sharing
        except
        select * from sharing
    )
),

judged as (

    select
        declaration_key,
        fiscal_year
    from shared_otherwise
    union
    select
        declaration_key,
        fiscal_year
    from twice
    union
    select
        declaration_key,
        fiscal_year
    from built_otherwise

)

select
    touched.declaration_key,
    touched.fiscal_year,
    touched.is_built
from touched
union all
select
    judged.declaration_key,
    judged.fiscal_year,
    true as is_built
from judged
where judged.declaration_key not in (select touched.declaration_key from touched)
