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

indicator as (

    select * from {{ ref("fct_indicator_target") }}
    where {{ in_judged_years("fiscal_year") }}

),

rule as (

    select
        rule_id,
        cast(power(2, row_number() over (order by rule_id) - 1) as bigint) as bit
    from {{ ref("dim_quality_rule") }}

),

-- One number says which rules: a bit for each, and all of them for one that is not there.
all_rules as (

    select
        count(*) as rule_count,
        bit_or(bit) as rules
    from rule

),

found as (

    select
        finding.declaration_key,
        bit_or(coalesce(rule.bit, -1)) as rules
    from finding
    left join rule on finding.rule_id = rule.rule_id
    group by finding.declaration_key

),

judged as (

    select
        outcome.declaration_key,
        count(*) as rule_count,
        bit_or(coalesce(rule.bit, -1)) as rules,
        coalesce(bit_or(case when outcome.outcome = 'hit' then rule.bit end), 0) as hit_rules
    from outcome
    left join rule on outcome.rule_id = rule.rule_id
    group by outcome.declaration_key

)

select
    'finding_key is not unique' as broken,
    finding_key as example
from finding
where {{ fingerprint("finding_key") }} in (select {{ fingerprint("finding_key") }} from finding group by 1 having count(*) > 1)
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
cross join all_rules
left join judged on declaration.declaration_key = judged.declaration_key
where judged.rules is null or judged.rules <> all_rules.rules or judged.rule_count <> all_rules.rule_count
union all
select
    'hit and finding disagree' as broken,
    coalesce(found.declaration_key, judged.declaration_key) as example
from judged
full outer join found on judged.declaration_key = found.declaration_key
where coalesce(judged.hit_rules, 0) <> coalesce(found.rules, 0)
