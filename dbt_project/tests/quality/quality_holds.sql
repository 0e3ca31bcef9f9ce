-- The quality tables keep their word: keys are unique, what they name is there, outcomes are of the four kinds, every
-- declaration has one for every rule, and it is a hit exactly where there is a finding. What was judged anew is looked at.
with

declaration as (

    select * from {{ ref("int_quality_declaration") }}

),

finding as (

    select finding.*
    from {{ ref("fct_quality_finding") }} as finding
    inner join declaration on finding.declaration_key = declaration.declaration_key
    where {{ in_judged_years("finding.fiscal_year") }}

),

outcome as (

    select outcome.*
    from {{ ref("fct_rule_outcome") }} as outcome
    inner join declaration on outcome.declaration_key = declaration.declaration_key
    where {{ in_judged_years("outcome.fiscal_year") }}

),

hit_outcome as (

    select * from outcome
    where outcome = 'hit'

),

indicator as (

    select * from {{ ref("fct_indicator_target") }}
    where {{ in_judged_years("fiscal_year") }}

),

rule as (

    select * from {{ ref("dim_quality_rule") }}

),

hit as (

    select distinct
        declaration_key,
        rule_id
    from finding

)

select
    'finding_key is not unique' as broken,
    finding_key as example
from finding
group by finding_key
having count(*) > 1
union all
select
    'the finding speaks of an indicator that is not there' as broken,
    finding.finding_key as example
from finding
left join indicator on finding.indicator_key = indicator.indicator_key
where finding.indicator_key is not null and indicator.indicator_key is null
union all
select
    'a rule is worded twice' as broken,
    rule_id as example
from rule
group by rule_id
having count(*) > 1
union all
select
    'the outcome is none of the four' as broken,
    outcome as example
from outcome
where outcome not in ('hit', 'passed', 'not_applicable', 'not_enough_data')
union all
select
    'not one outcome for every rule' as broken,
    declaration.declaration_key as example
from declaration
left join outcome on declaration.declaration_key = outcome.declaration_key
group by declaration.declaration_key
having count(distinct outcome.rule_id) <> (select count(*) from rule) or count(*) <> (select count(*) from rule)
union all
select
    'hit and finding disagree' as broken,
    concat(coalesce(hit.declaration_key, hit_outcome.declaration_key), ' ', coalesce(hit.rule_id, hit_outcome.rule_id))
        as example
from hit
full outer join hit_outcome
    on hit.declaration_key = hit_outcome.declaration_key and hit.rule_id = hit_outcome.rule_id
where hit.rule_id is null or hit_outcome.rule_id is null
