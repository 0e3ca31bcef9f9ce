{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail",
    pre_hook="{{ forget_judged() }}", meta={"year_by_year": "int_judged_year"}
) }}
-- One row a declaration: how complete, measurable and consistent it is, 0 to 100. The formulas stand in the YAML.
-- depends_on: {{ ref("int_judged_declaration") }}
-- depends_on: {{ ref("int_judged_year") }}

with

declaration as (

    select * from {{ ref("int_quality_declaration") }}
    where {{ of_the_year("fiscal_year") }}

),

indicator as (

    select * from {{ ref("int_quality_indicator") }} as indicator
    where {{ is_judged("indicator") }}

),

finding as (

    select * from {{ ref("fct_quality_finding") }}
    where {{ in_judged_years("fiscal_year") }} and {{ of_the_year("fiscal_year") }}

),

outcome as (

    select * from {{ ref("fct_rule_outcome") }}
    where {{ in_judged_years("fiscal_year") }} and {{ of_the_year("fiscal_year") }}

),

rule as (

    select * from {{ ref("dim_quality_rule") }}

),

weighed as (

    select
        outcome.declaration_key,
        count(*) filter (where outcome.outcome = 'hit') as rules_hit,
        count(*) filter (where outcome.outcome = 'passed') as rules_passed,
        100.0
        * sum(case when outcome.outcome = 'passed' then rule.weight else 0 end) filter (where rule.dimension = 'completeness')
        / sum(rule.weight) filter (where rule.dimension = 'completeness') as completeness,
        100.0
        * sum(case when outcome.outcome = 'passed' then rule.weight else 0 end) filter (where rule.dimension = 'consistency')
        / sum(rule.weight) filter (where rule.dimension = 'consistency') as consistency
    from outcome
    inner join rule on outcome.rule_id = rule.rule_id
    inner join declaration on outcome.declaration_key = declaration.declaration_key
    where outcome.outcome in ('hit', 'passed')
    group by outcome.declaration_key

),

doubtful as (

    select distinct finding.indicator_key
    from finding
    inner join rule on finding.rule_id = rule.rule_id
    where rule.dimension = 'measurability' and finding.indicator_key is not null

),

measured as (

    select
        indicator.declaration_key,
        100.0 * count(*) filter (
            where indicator.target_kind in ('numeric', 'deadline', 'milestones', 'frequency') and doubtful.indicator_key is null
        ) / count(*) as measurability
    from indicator
    left join doubtful on indicator.indicator_key = doubtful.indicator_key
    group by indicator.declaration_key

)

select
    declaration.declaration_key,
    cast(declaration.fiscal_year as integer) as fiscal_year,
    nullif(declaration.region_code, '') as region_code,
    nullif(declaration.department_name, '') as department_name,
    nullif(declaration.project_name, '') as project_name,
    cast(coalesce(weighed.rules_hit, 0) as integer) as rules_hit,
    cast(coalesce(weighed.rules_passed, 0) as integer) as rules_passed,
    cast(weighed.completeness as decimal(24, 6)) as completeness,
    cast(measured.measurability as decimal(24, 6)) as measurability,
    cast(weighed.consistency as decimal(24, 6)) as consistency,
    cast(
        (weighed.completeness + measured.measurability + weighed.consistency) / 3 as decimal(24, 6)
    ) as score
from declaration
left join weighed on declaration.declaration_key = weighed.declaration_key
left join measured on declaration.declaration_key = measured.declaration_key
